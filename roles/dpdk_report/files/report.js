/*
 * Copyright: (c) 2026, the dataplane.dpdk authors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

// Draws the page from the JSON in it. Every text of the data goes through textContent or setAttribute of a harmless
// attribute, never through innerHTML, so that no name or message of a host is read as markup.
"use strict";
(() => {
  const report = JSON.parse(document.getElementById("report").textContent);
  const STATES = { failed: "Failed", not_ready: "Not ready", ready: "Ready" };
  const SEVERITY = Object.keys(STATES);
  const GLYPHS = {
    ready: "M10.9 2.9 4.9 9.3 1.6 6.1l1-1.1 2.2 2.2 5-5.4z",
    not_ready: "M6 .8 11.6 11H.4zM5.3 4.6v3.2h1.4V4.6zm0 4v1.3h1.4V8.6z",
    failed: "M6 .5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zm2.8 7.3-1 1L6 7 4.2 8.8l-1-1L5 6 3.2 4.2l1-1L6 5l1.8-1.8 1 1L7 6z",
  };
  const VERDICTS = {
    active: "Active", passthrough: "Passthrough", off_by_cmdline: "Off at boot",
    supported_but_not_enabled: "Not enabled", firmware_absent: "Off in firmware", vm_no_viommu: "None in this VM",
    kernel_unsupported: "Not in kernel", noiommu: "No-IOMMU mode",
  };
  const DRIVERS = ["vfio", "uio", "bifurcated", "kernel"];
  // Of these the boot loader takes care; they are in no configuration of boot parameters.
  const LOADER = /^(BOOT_IMAGE|root|ro|rw|initrd|rootflags|rootfstype|resume)(=|$)/;
  const natural = new Intl.Collator("en", { numeric: true }).compare;

  // -- making elements ------------------------------------------------------------------------------------------------

  const append = (node, children) => {
    for (const child of children.flat(3)) {
      if (child !== null && child !== undefined && child !== false && child !== "") node.append(child);
    }
    return node;
  };
  const set = (node, attributes) => {
    for (const [name, value] of Object.entries(attributes || {})) {
      if (typeof value === "function") node.addEventListener(name, value);
      else if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : value);
    }
    return node;
  };
  const el = (tag, attributes, ...children) => append(set(document.createElement(tag), attributes), children);
  const svg = (tag, attributes, ...children) =>
    append(set(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes), children);
  const glyph = (state) => svg("svg", { class: "glyph", viewBox: "0 0 12 12", "aria-hidden": "true" },
    svg("path", { d: GLYPHS[state], "fill-rule": "evenodd" }));
  const count = (number, one, many) => `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
  const list = (value) => (Array.isArray(value) ? value.filter((each) => each !== null && each !== undefined) : []);
  const pages = (kb) => (kb >= 1048576 ? `${kb / 1048576}G` : kb >= 1024 ? `${kb / 1024}M` : `${kb}K`);
  const moment = (text) => String(text || "").replace("T", " ").replace("Z", "");

  // -- what the rows show, computed once ------------------------------------------------------------------------------

  /** The problems of a host, those that say the same of several devices as one. */
  function grouped(problems) {
    const alike = new Map();
    for (const each of problems) {
      const same = [each.title, each.cause, each.remedy, ...list(each.details)].join("\n");
      if (!alike.has(same)) alike.set(same, { ...each, subjects: [] });
      if (each.subject) alike.get(same).subjects.push(each.subject);
    }
    return [...alike.values()];
  }

  function prepared(host) {
    const devices = list(host.devices);
    const wanted = devices.filter((each) => each.wanted);
    const pools = list(host.hugepages).filter((pool) => pool.total);
    const sizes = new Map();
    for (const pool of pools) sizes.set(pool.size_kb, (sizes.get(pool.size_kb) || 0) + pool.total);
    return {
      ...host,
      state: STATES[host.state] ? host.state : "failed",
      devices, wanted, pools,
      problems: grouped(list(host.problems)),
      iommu: host.iommu || {},
      kernel: host.kernel || {},
      drifted: list(host.drift).length + devices.reduce((sum, each) => sum + list(each.drift).length, 0),
      readyPorts: wanted.filter((each) => each.dpdk_ready).length,
      hugepageText: [...sizes].sort((a, b) => a[0] - b[0]).map(([kb, total]) => `${total} × ${pages(kb)}`).join(", "),
    };
  }

  /** A host whose entry is damaged, as one bad row among the others. */
  const damaged = (host) => prepared({
    name: String(host?.name ?? "?"), state: "failed", seen: "",
    problems: [{
      title: "Damaged entry", cause: "What the report holds of this host cannot be shown.",
      remedy: "Look at the host again with dataplane.dpdk.report.",
    }],
  });
  const words = (host) => {
    try {
      return allWords(host);
    } catch {
      return String(host.name).toLowerCase();
    }
  };
  const allWords = (host) => {
    const found = [host.name, host.state, STATES[host.state], host.iommu.verdict, host.kernel.release, ...list(host.groups)];
    for (const each of host.problems) found.push(each.title, ...each.subjects, each.cause, each.remedy, ...list(each.details));
    for (const each of host.devices) {
      found.push(each.address, each.ids, each.driver, each.device_name, each.last_interface, each.last_mac, each.management);
      for (const port of list(each.interfaces)) found.push(port.name, port.mac);
    }
    return found.filter(Boolean).join("\n").toLowerCase();
  };

  // -- filters, kept in the address so that a view can be sent to somebody --------------------------------------------

  const FIELDS = {
    q: { says: "" }, state: { says: "" }, title: { says: "" }, group: { says: "" }, iommu: { says: "" },
    kernel: { says: "" }, sort: { says: "severity" },
  };
  const chosen = Object.fromEntries(Object.entries(FIELDS).map(([name, field]) => [name, field.says]));
  const readAddress = () => {
    const given = new URLSearchParams(location.hash.slice(1));
    for (const name of Object.keys(FIELDS)) chosen[name] = given.get(name) ?? FIELDS[name].says;
  };
  const writeAddress = () => {
    const kept = new URLSearchParams(Object.entries(chosen).filter(([name, value]) => value !== FIELDS[name].says));
    history.replaceState(null, "", kept.size ? `#${kept}` : location.pathname + location.search);
  };
  const matches = (host, terms, without) =>
    (without === "state" || !chosen.state || host.state === chosen.state)
    && (without === "title" || !chosen.title || host.problems.some((each) => each.title === chosen.title))
    && (!chosen.group || list(host.groups).includes(chosen.group))
    && (!chosen.iommu || host.iommu.verdict === chosen.iommu)
    && (!chosen.kernel || host.kernel.release === chosen.kernel)
    && terms.every((term) => (host.words ??= words(host)).includes(term));

  // -- the picture of one host: PF, VF, driver, IOMMU group, NUMA node ------------------------------------------------

  const byAddress = (a, b) => natural(a.address, b.address);
  const numaOf = (device) => (Number.isInteger(device.numa_node) ? device.numa_node : null);
  const portsOf = (device) => list(device.interfaces).map((port) => port.name).join(", ")
    || (device.last_interface ? `was ${device.last_interface}` : "");
  const condition = (device) => (device.dpdk_ready ? "ready" : device.wanted ? "bad" : "idle");
  const MEANING = { ready: "ready for DPDK", bad: "should be ready, but is not", idle: "not for DPDK" };

  /** The rows of the picture: each PF or plain device, below it its VFs, and long runs of equal VFs as one row. */
  function rowsOf(host) {
    const known = new Map(host.devices.map((each) => [each.address, each]));
    const vfs = new Map();
    const members = new Map();
    for (const each of host.devices) {
      if (each.pf && known.has(each.pf)) vfs.set(each.pf, [...(vfs.get(each.pf) || []), each]);
      if (each.iommu_group !== undefined) members.set(each.iommu_group, (members.get(each.iommu_group) || 0) + 1);
    }
    const rows = [];
    const tops = host.devices.filter((each) => !(each.pf && known.has(each.pf)));
    tops.sort((a, b) => (numaOf(a) ?? 1e9) - (numaOf(b) ?? 1e9) || byAddress(a, b));
    for (const top of tops) {
      rows.push({ devices: [top], depth: 0 });
      const order = list(top.vfs);
      const below = (vfs.get(top.address) || []).sort((a, b) => order.indexOf(a.address) - order.indexOf(b.address));
      const alike = (each) => [each.driver, each.driver_class, condition(each), numaOf(each), list(each.drift).join(),
        each.iommu_group === undefined, members.get(each.iommu_group) > 1 && each.iommu_group].join("|");
      const runs = [];
      for (const each of below) {
        const index = order.indexOf(each.address);
        const last = runs[runs.length - 1];
        if (last && last.alike === alike(each)) last.push(each, index);
        else {
          const run = { devices: [each], from: index, to: index, alike: alike(each) };
          run.push = (device, at) => { run.devices.push(device); run.to = at; };
          runs.push(run);
        }
      }
      for (const run of runs) {
        if (run.devices.length > 4) rows.push({ devices: run.devices, depth: 1, from: run.from, to: run.to });
        else run.devices.forEach((each, n) => rows.push({ devices: [each], depth: 1, from: run.from + n, to: run.from + n }));
      }
    }
    return rows;
  }

  const cut = (text, width, per) => {
    const most = Math.max(3, Math.floor(width / per));
    return text.length > most ? `${text.slice(0, most - 1)}…` : text;
  };
  const label = (text, x, y, attributes, width, per = 6.9) =>
    svg("text", { x, y, ...attributes }, cut(text, width, per), text.length * per > width ? svg("title", {}, text) : null);

  function nodesOf(rows, keyOf, textOf, badOf) {
    const nodes = new Map();
    for (const row of rows) {
      const key = keyOf(row);
      if (key === null) continue;
      if (!nodes.has(key)) nodes.set(key, { rows: [], text: textOf(row), bad: false });
      const node = nodes.get(key);
      node.rows.push(row);
      node.bad ||= badOf(row);
    }
    return [...nodes.values()];
  }

  /** Put nodes beside the middle of their rows, none over another. */
  function spread(nodes, height, gap) {
    for (const node of nodes) node.y = node.rows.reduce((sum, row) => sum + row.y + row.height / 2, 0) / node.rows.length;
    nodes.sort((a, b) => a.y - b.y);
    for (let n = 1; n < nodes.length; n += 1) nodes[n].y = Math.max(nodes[n].y, nodes[n - 1].y + height + gap);
  }

  function picture(host, available) {
    const rows = rowsOf(host);
    if (!rows.length) return el("p", { class: "muted" }, "No device that DPDK may use was seen.");
    const small = available < 640;
    const gap = small ? 12 : 44;
    const [tree, driver, group, numa] = small ? [128, 76, 70, 22] : [Math.min(430, Math.max(300, available - 470)), 116, 104, 26];
    const xDriver = tree + gap, xGroup = xDriver + driver + gap, xNuma = xGroup + group + gap * 0.8;
    const width = xNuma + numa + 2;
    let y = 22;
    for (const row of rows) {
      row.height = row.depth ? 24 : 38;
      row.y = y;
      row.device = row.devices[0];
      y += row.height + (row.depth ? 4 : 6);
    }
    const groups = nodesOf(rows,
      (row) => (row.device.iommu_group === undefined ? null : row.devices.length > 1 ? `run ${row.device.address}` : row.device.iommu_group),
      (row) => (row.devices.length > 1
        ? `${small ? "" : "groups "}${Math.min(...row.devices.map((each) => each.iommu_group))}–${Math.max(...row.devices.map((each) => each.iommu_group))}`
        : `${small ? "" : "group "}${row.device.iommu_group}`),
      (row) => condition(row.device) === "bad" && row.device.driver_class === "vfio");
    spread(groups, 24, 4);
    const height = Math.max(y, ...groups.map((node) => node.y + 18)) + 4;

    const links = svg("g", { "aria-hidden": "true" });
    const boxes = svg("g", { "aria-hidden": "true" });
    const link = (x1, y1, x2, y2, bad, dashed) => links.append(svg("path", {
      class: `link${bad ? " bad" : ""}${dashed ? " none" : ""}`,
      d: `M${x1} ${y1}C${(x1 + x2) / 2} ${y1} ${(x1 + x2) / 2} ${y2} ${x2} ${y2}`,
    }));
    const titles = [["PF and VF", 0], ["Driver", xDriver], [small ? "Group" : "IOMMU group", xGroup]];
    for (const [text, x] of titles) boxes.append(svg("text", { class: "label", x, y: 11 }, text));
    boxes.append(svg("text", { class: "label", x: width - 2, y: 11, "text-anchor": "end" }, "NUMA"));

    let parent = null;
    for (const row of rows) {
      const { device } = row;
      const middle = row.y + row.height / 2;
      const indent = row.depth ? (small ? 14 : 26) : 0;
      const state = condition(device);
      if (row.depth && parent) {
        links.append(svg("path", { class: "link", d: `M${indent / 2} ${parent.y + parent.height}V${middle}H${indent}` }));
      }
      if (!row.depth) parent = row;
      boxes.append(svg("rect", { class: `box${state === "bad" ? " bad" : ""}`, x: indent + 0.5, y: row.y + 0.5, width: tree - indent - 1, height: row.height - 1, rx: 5 }));
      boxes.append(svg("circle", { class: `mark ${state}`, cx: indent + 12, cy: row.depth ? middle : row.y + 13, r: 3.5 }));
      drawDevice(boxes, row, indent, tree, small);

      const sort = DRIVERS.includes(device.driver_class) ? device.driver_class : device.driver_class ? "vfio_variant" : "none";
      boxes.append(svg("g", { class: `driver-${sort}` },
        svg("rect", { class: "pill", x: xDriver + 0.5, y: middle - 11.5, width: driver - 1, height: 23, rx: 11.5 }),
        label(device.driver || "no driver", xDriver + driver / 2, middle + 4, { class: "pill-text", "text-anchor": "middle" }, driver - 14)));
      link(tree, middle, xDriver, middle, false, !device.driver);
      if (device.iommu_group === undefined) {
        boxes.append(svg("text", { class: "small", x: xGroup + group / 2, y: middle + 4, "text-anchor": "middle" }, "no group"));
      }
    }
    const nodes = nodesOf(rows, (row) => numaOf(row.device) ?? "none", (row) => numaOf(row.device), () => false);
    for (const node of nodes) {
      node.top = Math.min(...node.rows.map((row) => row.y));
      node.bottom = Math.max(...node.rows.map((row) => row.y + row.height));
      const name = node.text === null ? "–" : String(node.text);
      boxes.append(svg("rect", { class: "numa", x: xNuma, y: node.top, width: numa, height: node.bottom - node.top, rx: 5 }));
      boxes.append(svg("text", { x: xNuma + numa / 2, y: (node.top + node.bottom) / 2 + 4, "text-anchor": "middle" }, name,
        node.text === null ? svg("title", {}, "The firmware names no NUMA node") : null));
    }
    const numaAt = (row, at) => {
      const node = nodes.find((each) => each.rows.includes(row));
      return Math.min(node.bottom - 8, Math.max(node.top + 8, at));
    };
    for (const node of groups) {
      const shared = node.rows.length > 1;
      for (const row of node.rows) link(xDriver + driver, row.y + row.height / 2, xGroup, node.y, node.bad, !row.device.driver);
      boxes.append(svg("rect", { class: `box${node.bad ? " bad" : ""}`, x: xGroup + 0.5, y: node.y - 11.5, width: group - 1, height: 23, rx: 5 }));
      boxes.append(label(shared && !small ? `${node.text} (${node.rows.length})` : node.text, xGroup + group / 2, node.y + 4, { "text-anchor": "middle" }, group - 8));
      link(xGroup + group, node.y, xNuma, numaAt(node.rows[0], node.y), false, false);
    }
    for (const row of rows) {
      if (row.device.iommu_group === undefined) link(xGroup + group - 14, row.y + row.height / 2, xNuma, numaAt(row, row.y + row.height / 2), false, true);
    }
    const says = `${host.name}: ${count(host.devices.length, "device", "devices")} in ${count(groups.length, "IOMMU group", "IOMMU groups")}; the table below has the same in words`;
    return el("div", {},
      el("div", { class: "scroll" }, svg("svg", { class: "picture", role: "img", "aria-label": says, width, height, viewBox: `0 0 ${width} ${height}` }, links, boxes)),
      key(rows));
  }

  function drawDevice(boxes, row, indent, tree, small) {
    const { device } = row;
    const x = indent + 22;
    const room = tree - x - 8;
    const run = row.devices.length > 1;
    const shown = small && !run ? device.address.replace(/^0000:/, "") : device.address;
    if (row.depth) {
      const vf = run ? `VF ${row.from}–${row.to}` : row.from >= 0 ? `VF ${row.from}` : "VF";
      const names = small ? "" : run ? `${row.devices.length} alike` : portsOf(device);
      boxes.append(svg("text", { x, y: row.y + 16 }, vf));
      boxes.append(label(run ? (small ? "" : `from ${shown}`) : shown, x + (run ? 78 : 42), row.y + 16, { class: "mono" }, room - (run ? 78 : 42)));
      if (names) boxes.append(label(names, tree - 10, row.y + 16, { class: "small", "text-anchor": "end" }, room - 150, 6));
      return;
    }
    boxes.append(label(shown, x, row.y + 17, { class: "mono" }, room));
    const names = portsOf(device);
    if (names) boxes.append(label(names, tree - 10, row.y + (small ? 31 : 17), { class: small ? "small" : "", "text-anchor": "end" }, small ? room : room - 100));
    const below = device.management || device.device_name || device.ids || "";
    if (!small) boxes.append(label(below, x, row.y + 31, { class: "small" }, room, 5.9));
    else if (!names) boxes.append(label(device.management ? "the host needs it" : device.ids || "", x, row.y + 31, { class: "small" }, room, 5.9));
  }

  function key(rows) {
    const states = new Set(rows.map((row) => condition(row.device)));
    const tones = { ready: "ready", bad: "failed", idle: "none" };
    return el("div", { class: "key" },
      Object.keys(MEANING).filter((state) => states.has(state)).map((state) => el("span", { class: `tone-${tones[state]}` }, MEANING[state])));
  }

  // -- one host, opened -----------------------------------------------------------------------------------------------

  const problemText = (each) => [each.subjects.join(" "), each.cause].filter(Boolean).join(": ");
  const section = (title, ...content) => el("section", {}, el("h3", {}, title), content);

  function problems(host) {
    const tone = host.state === "failed" ? "failed" : "not_ready";
    return el("ul", { class: "problems" }, host.problems.map((each) => el("li", { class: `problem tone-${tone}` },
      el("div", {}, el("strong", {}, each.title), el("span", { class: "subjects mono" }, each.subjects.map((subject) => el("span", {}, subject)))),
      el("div", {}, each.cause),
      list(each.details).length ? el("ul", {}, each.details.map((line) => el("li", {}, line))) : null,
      each.remedy ? el("div", { class: "do" }, each.remedy) : null)));
  }

  function bootParameters(host) {
    const { kernel } = host;
    const split = (line) => String(line || "").match(/(?:[^\s"]|"[^"]*")+/g) || [];
    const booted = split(kernel.cmdline);
    const configured = split(kernel.configured);
    const token = (text, sort, says) => el("span", { class: `token ${sort}`, title: says }, text);
    const known = kernel.configured !== undefined && kernel.configured !== null;
    const rows = [["Booted", booted.map((each) => {
      if (list(kernel.conflicting).includes(each)) return token(each, "lacks", "unwanted, but booted");
      const leaving = known && !LOADER.test(each) && !configured.includes(each);
      return token(each, leaving ? "comes" : "", leaving ? "goes with the next boot" : null);
    })]];
    if (known) {
      rows.push(["Configured", configured.length
        ? configured.map((each) => token(each, booted.includes(each) ? "" : "comes", booted.includes(each) ? null : "comes with the next boot"))
        : el("span", { class: "muted" }, "none")]);
    }
    if (list(kernel.missing).length) rows.push(["Missing", kernel.missing.map((each) => token(each, "lacks", "wanted, but not booted"))]);
    return section("Boot parameters", el("dl", { class: "rows" },
      rows.map(([name, tokens]) => [el("dt", {}, name), el("dd", { class: "tokens" }, tokens)])));
  }

  function hugepages(host) {
    const pools = list(host.hugepages);
    if (!pools.length) return null;
    return section("Hugepages", el("table", {},
      el("thead", {}, el("tr", {}, ["NUMA node", "Size", "Pages", "Free", "Memory"].map((name, n) => el("th", { class: n > 1 ? "number" : "", scope: "col" }, name)))),
      el("tbody", {}, pools.map((pool) => el("tr", { class: pool.total ? "" : "muted" },
        el("td", {}, String(pool.node)), el("td", {}, pages(pool.size_kb)),
        el("td", { class: "number" }, pool.total.toLocaleString("en")), el("td", { class: "number" }, pool.free.toLocaleString("en")),
        el("td", { class: "number" }, `${((pool.total * pool.size_kb) / 1048576).toLocaleString("en", { maximumFractionDigits: 2 })} GiB`))))));
  }

  function deviceTable(host) {
    const columns = ["Address", "Device", "Driver", "Interface", "Group", "NUMA", "For DPDK", "Drift"];
    return el("details", { class: "as-table" }, el("summary", {}, `The ${count(host.devices.length, "device", "devices")} as a table`),
      el("div", { class: "scroll" }, el("table", {},
        el("thead", {}, el("tr", {}, columns.map((name) => el("th", { scope: "col" }, name)))),
        el("tbody", {}, host.devices.map((each) => el("tr", {},
          el("td", { class: "mono" }, each.address), el("td", { class: "wrap" }, each.device_name || each.ids || ""),
          el("td", {}, each.driver || "none"), el("td", {}, portsOf(each)), el("td", {}, String(each.iommu_group ?? "–")),
          el("td", {}, String(numaOf(each) ?? "–")), el("td", { class: "wrap" }, each.management ? each.management : condition(each) === "bad" ? each.not_ready_reason || "not ready" : MEANING[condition(each)]),
          el("td", { class: "wrap" }, list(each.drift).join(" "))))))));
  }

  function otherDevices(host) {
    const found = list(host.vmbus_devices);
    return found.length ? section("On the VMBus", el("ul", {}, found.map((each) => el("li", {},
      el("span", { class: "mono" }, each.guid), ` ${each.driver || "no driver"} ${portsOf(each)}${each.dpdk_ready ? ", ready for DPDK" : ""}`)))) : null;
  }

  function detail(host, width) {
    const looked = host.devices.length > 0 || Boolean(host.kernel.cmdline);
    return el("div", { class: "detail" },
      host.problems.length ? problems(host) : null,
      looked ? section("Devices", picture(host, width), host.devices.length ? deviceTable(host) : null) : null,
      otherDevices(host),
      looked ? el("div", { class: "pair" }, bootParameters(host), hugepages(host)) : null,
      el("p", { class: "meta" }, [
        host.seen && `Looked at ${moment(host.seen)} UTC`,
        host.iommu.verdict && `IOMMU: ${list(host.iommu.causes).join(" ") || host.iommu.verdict}`,
        list(host.groups).length && `Groups: ${host.groups.join(", ")}`,
      ].filter(Boolean).join(" · ")));
  }

  // -- the rows -------------------------------------------------------------------------------------------------------

  function finding(host) {
    const [first, ...rest] = host.problems;
    if (!first) return el("span", { class: "finding muted" }, host.readyPorts ? `${count(host.readyPorts, "port", "ports")} ready` : "Ready");
    return el("span", { class: "finding", title: problemText(first) }, el("b", {}, first.title), rest.length ? el("span", { class: "more" }, ` +${rest.length}`) : null,
      el("span", { class: "muted" }, ` ${problemText(first)}`));
  }

  function row(host) {
    const body = el("details", { "data-name": host.name },
      el("summary", {}, glyph(host.state),
        el("span", { class: "name", title: host.name }, el("span", { class: "out-of-sight" }, `${STATES[host.state]}: `), host.name),
        finding(host),
        el("span", { class: `ports number${host.readyPorts < host.wanted.length ? " off" : ""}`, title: "ports ready, of those that should be" },
          host.devices.length ? `${host.readyPorts} / ${host.wanted.length}` : "–"),
        el("span", { class: `iommu${host.iommu.effective === false ? " off" : ""}` }, VERDICTS[host.iommu.verdict] || host.iommu.verdict || "–"),
        el("span", { class: "pages-column" }, host.hugepageText || "–"),
        el("span", { class: "kernel" }, host.kernel.release || "–"),
        el("span", { class: "chevron", "aria-hidden": "true" })));
    const wrapped = el("div", { class: `host tone-${host.state}` }, body);
    body.addEventListener("toggle", () => fill(body, host));
    host.row = wrapped;
    return wrapped;
  }
  function fill(body, host) {
    if (!body.open || body.children.length > 1) return;
    try {
      body.append(detail(host, Math.min(body.clientWidth || 1100, 1440) - (innerWidth < 641 ? 24 : 64)));
    } catch {
      body.append(el("p", { class: "detail muted" }, "What the report holds of this host cannot be shown."));
    }
  }

  // Each host for itself: whatever one of them holds, the others are shown.
  const hosts = list(report.hosts).map((host) => {
    try {
      const made = prepared(host);
      row(made);
      return made;
    } catch {
      const made = damaged(host);
      row(made);
      return made;
    }
  });

  // -- the page -------------------------------------------------------------------------------------------------------

  const status = el("output", { "aria-live": "polite" });
  const rowsElement = el("div", {});
  const nothing = el("p", { class: "nothing", hidden: true }, "No host matches. ",
    el("button", { type: "button", click: () => choose(Object.fromEntries(Object.entries(FIELDS).map(([name, field]) => [name, field.says]))) }, "Show all"));
  const search = el("input", { type: "search", id: "search", placeholder: "Search hosts, addresses, drivers, causes  ( / )", "aria-label": "Search", autocomplete: "off", spellcheck: "false",
    input: () => choose({ q: search.value }) });
  const toggles = [];
  const selects = {};

  function toggle(name, value, attributes, ...children) {
    const button = el("button", { type: "button", ...attributes, click: () => choose({ [name]: chosen[name] === value ? "" : value }) }, children);
    toggles.push({ button, name, value });
    return button;
  }

  function select(name, says, options) {
    selects[name] = el("select", { "aria-label": says, change: () => choose({ [name]: selects[name].value }) },
      options.map(([value, text]) => el("option", { value }, text)));
    return options.length > 2 || name === "sort" ? selects[name] : null;
  }
  const tally = (values) => {
    const found = new Map();
    for (const value of values) if (value) found.set(value, (found.get(value) || 0) + 1);
    return [...found].sort((a, b) => b[1] - a[1] || natural(a[0], b[0]));
  };
  const options = (all, values, name = (value) => value) =>
    [["", all], ...tally(values).map(([value, number]) => [value, `${name(value)} (${number})`])];

  function choose(changes) {
    Object.assign(chosen, changes);
    writeAddress();
    show();
  }

  function show() {
    const terms = chosen.q.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const host of hosts) {
      const visible = matches(host, terms);
      if (host.row.hidden === visible) host.row.hidden = !visible;
      host.visible = visible;
      shown += visible;
    }
    order();
    for (const { button, name, value } of toggles) button.setAttribute("aria-pressed", String(chosen[name] === value));
    for (const [name, element] of Object.entries(selects)) {
      element.value = chosen[name];
      element.classList.toggle("chosen", name !== "sort" && Boolean(chosen[name]));
    }
    if (search.value !== chosen.q) search.value = chosen.q;
    nothing.hidden = shown > 0;
    status.textContent = shown === hosts.length ? count(shown, "host", "hosts") : `${shown} of ${count(hosts.length, "host", "hosts")}`;
  }

  const ORDERS = {
    severity: (a, b) => SEVERITY.indexOf(a.state) - SEVERITY.indexOf(b.state) || natural(a.name, b.name),
    name: (a, b) => natural(a.name, b.name),
    problems: (a, b) => b.problems.length - a.problems.length || natural(a.name, b.name),
    seen: (a, b) => natural(a.seen || "", b.seen || "") || natural(a.name, b.name),
  };
  let ordered = null;
  function order() {
    const wanted = ORDERS[chosen.sort] ? chosen.sort : "severity";
    if (ordered === wanted) return;
    ordered = wanted;
    rowsElement.append(...[...hosts].sort(ORDERS[wanted]).map((host) => host.row));
  }

  async function copyNames(button) {
    const names = hosts.filter((host) => host.visible).map((host) => host.name).sort(natural).join(",");
    try {
      await navigator.clipboard.writeText(names);
      button.textContent = "Copied";
    } catch {
      prompt("The names, for --limit:", names);
    }
    setTimeout(() => { button.textContent = "Copy names"; }, 1500);
  }

  function overview() {
    const numbers = Object.fromEntries(SEVERITY.map((state) => [state, hosts.filter((host) => host.state === state).length]));
    const shown = ["ready", "not_ready", "failed"];
    const wanted = hosts.reduce((sum, host) => sum + host.wanted.length, 0);
    const ready = hosts.reduce((sum, host) => sum + host.readyPorts, 0);
    const facts = [
      ["Ports ready", `${ready.toLocaleString("en")} / ${wanted.toLocaleString("en")}`],
      ["IOMMU effective", String(hosts.filter((host) => host.iommu.effective).length)],
      ["With drift", String(hosts.filter((host) => host.drifted).length)],
      ["To be rebooted", String(hosts.filter((host) => host.kernel.reboot_required).length)],
    ];
    return el("section", { class: "panel readiness", "aria-label": "Readiness" },
      el("div", { class: "bar", "aria-hidden": "true" }, shown.filter((state) => numbers[state]).map((state) => {
        const part = el("span", { class: `tone-${state}` });
        part.style.flexGrow = numbers[state];
        return part;
      })),
      el("div", { class: "states" }, shown.map((state) => toggle("state", state, { class: `state tone-${state}`, "data-none": !numbers[state] },
        el("b", {}, numbers[state].toLocaleString("en")), STATES[state]))),
      el("dl", { class: "facts" }, facts.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value)))));
  }

  function causes() {
    const titles = tally(hosts.flatMap((host) => [...new Set(host.problems.map((each) => each.title))]));
    if (!titles.length) return el("section", { class: "panel" }, el("h2", {}, "Causes"), el("p", { class: "all-well" }, "Every host is ready."));
    const most = titles[0][1];
    const example = (title) => {
      const hit = hosts.flatMap((host) => host.problems).find((each) => each.title === title);
      return hit ? hit.remedy : "";
    };
    const grave = (title) => (hosts.some((host) => host.state === "failed" && host.problems.some((each) => each.title === title)
      && !hosts.some((other) => other.state === "not_ready" && other.problems.some((each) => each.title === title))) ? "failed" : "not_ready");
    return el("section", { class: "panel", "aria-label": "Causes" }, el("h2", {}, "Why hosts are not ready, and what to do"),
      el("ul", { class: "causes" }, titles.slice(0, 14).map(([title, number]) => {
        const length = el("i", {});
        length.style.width = `${Math.max(4, Math.round((number / most) * 120))}px`;
        return el("li", {}, toggle("title", title, { class: `cause tone-${grave(title)}`, title: example(title) },
          el("b", {}, String(number)), el("span", { class: "title" }, title, length), el("span", { class: "say" }, example(title))));
      })));
  }

  function themes() {
    const stored = () => { try { return localStorage.getItem("theme") || ""; } catch { return ""; } };
    const buttons = [["", "Auto"], ["light", "Light"], ["dark", "Dark"]].map(([value, text]) =>
      el("button", { type: "button", "data-value": value, click: () => apply(value) }, text));
    const apply = (value) => {
      if (value) document.documentElement.dataset.theme = value;
      else delete document.documentElement.dataset.theme;
      try { localStorage.setItem("theme", value); } catch { /* a page from a file may have no storage */ }
      for (const each of buttons) each.setAttribute("aria-pressed", String(each.dataset.value === value));
    };
    apply(stored());
    return el("div", { class: "themes", role: "group", "aria-label": "Colours" }, buttons);
  }

  function seenBetween() {
    const seen = hosts.map((host) => host.seen).filter(Boolean).sort();
    if (!seen.length) return "";
    const [from, to] = [moment(seen[0]), moment(seen[seen.length - 1])];
    return from === to ? `looked at ${from} UTC` : `looked at ${from} to ${from.slice(0, 10) === to.slice(0, 10) ? to.slice(11) : to} UTC`;
  }

  /** Paper shows no closed details: the problems of each host that is shown are printed below its row. */
  function beforePrint() {
    for (const host of hosts) {
      if (!host.visible || !host.problems.length || host.row.firstChild.open) continue;
      host.row.append(el("ul", { class: "printed" }, host.problems.map((each) =>
        el("li", {}, el("b", {}, `${each.title}. `), problemText(each), each.remedy ? el("i", {}, ` Do: ${each.remedy}`) : null))));
    }
  }
  const afterPrint = () => document.querySelectorAll(".printed").forEach((each) => each.remove());

  function keys(event) {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement?.tagName || "");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      search.focus();
    } else if (event.key === "Escape" && document.activeElement === search) {
      choose({ q: "" });
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && (document.activeElement === search || document.activeElement?.tagName === "SUMMARY")) {
      const all = [...rowsElement.querySelectorAll(".host:not([hidden]) > details > summary")];
      const at = all.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
      if (all[at]) {
        event.preventDefault();
        all[at].focus();
      } else if (at < 0) search.focus();
    }
  }

  readAddress();
  document.title = report.title;
  append(document.getElementById("page"), [
    el("header", { class: "head" }, el("h1", {}, report.title), el("span", { class: "muted" }, seenBetween()), themes()),
    el("main", {},
      el("div", { class: "overview" }, overview(), causes()),
      el("div", { class: "tools", role: "search" }, search,
        select("group", "Group", options("All groups", hosts.flatMap((host) => list(host.groups)))),
        select("iommu", "IOMMU", options("Any IOMMU", hosts.map((host) => host.iommu.verdict), (verdict) => VERDICTS[verdict] || verdict)),
        select("kernel", "Kernel", options("Any kernel", hosts.map((host) => host.kernel.release))),
        select("sort", "Order", [["severity", "Most severe first"], ["name", "By name"], ["problems", "Most problems first"], ["seen", "Longest ago first"]]),
        el("button", { type: "button", title: "The names of the hosts shown, for ansible-playbook --limit", click: (event) => copyNames(event.currentTarget) }, "Copy names"),
        status),
      el("div", { class: "hosts" },
        el("div", { class: "columns", "aria-hidden": "true" }, el("span"), el("span", {}, "Host"), el("span", {}, "Finding"), el("span", { class: "number" }, "Ports"),
          el("span", {}, "IOMMU"), el("span", { class: "pages-column" }, "Hugepages"), el("span", { class: "kernel" }, "Kernel")),
        append(rowsElement, hosts.map((host) => host.row)), nothing)),
    el("footer", { class: "foot" }, `Written ${moment(report.created)} UTC by dataplane.dpdk.report`),
  ]);
  show();
  addEventListener("hashchange", () => { readAddress(); show(); });
  addEventListener("beforeprint", beforePrint);
  addEventListener("afterprint", afterPrint);
  addEventListener("keydown", keys);
  document.documentElement.dataset.drawn = String(Math.round(performance.now()));
})();
