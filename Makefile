# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The front door. `make` alone lists what there is. Everything runs from .venv, which is made when it is needed.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo test test-matrix check bench lab lab-clean docs clean

# pyenv's real interpreters come before its shims, which also answer for versions that are not active.
PYENV := $(subst $() $(),:,$(wildcard $(HOME)/.pyenv/versions/*/bin))
export PATH := $(CURDIR)/.venv/bin:$(PYENV):$(PATH)
export ANSIBLE_COLLECTIONS_PATH := $(CURDIR)/.venv/collections
export LC_ALL := C.UTF-8

VENV := .venv/made
LAB := ansible-playbook -i extensions/molecule/inventory.yml

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|'

demo: $(VENV) ## see a host become ready for DPDK, in a virtual machine
	@tests/tools/packages mmdebstrap ssh=openssh-client
	@tests/tools/demo

test: $(VENV) ## everything: check, sanity tests, tarball, the Molecule scenarios in virtual machines
	@tests/tools/packages shellcheck mmdebstrap ssh=openssh-client
	@tests/tools/suite test

test-matrix: $(VENV) ## unit tests on every Python, sanity tests of every supported ansible-core, long scenarios
	@nox --reuse-existing-virtualenvs --no-error-on-missing-interpreters --session units sanity
	@tests/tools/packages mmdebstrap ssh=openssh-client
	@tests/tools/molecule_scenarios --long

check: $(VENV) ## what needs no virtual machine: linters, types, unit tests, documentation
	@tests/tools/packages shellcheck
	@tests/tools/suite check

bench: $(VENV) ## measure side by side with what else does the same; BENCH="scan --pairs 1" for a part
	@tests/tools/packages mmdebstrap ssh=openssh-client lspci=pciutils strace >&2
	@$(LAB) dataplane.dpdk.lab_up >&2
	@tests/bench/run $(BENCH)

lab: $(VENV) ## start the virtual machines of extensions/molecule/inventory.yml
	@tests/tools/packages mmdebstrap ssh=openssh-client
	@$(LAB) dataplane.dpdk.lab_up

lab-clean: $(VENV) ## remove them
	@$(LAB) dataplane.dpdk.lab_down

docs: $(VENV) ## build the documentation as HTML in build/docs/build/html
	@tests/tools/docsite

clean: ## remove what make made in this directory
	@rm -rf .venv .nox .cache .mypy_cache .pytest_cache .ruff_cache .hypothesis .ansible build tests/output

$(VENV): requirements-dev.txt constraints-dev.txt tests/tools/venv
	@tests/tools/venv
	@touch $@
