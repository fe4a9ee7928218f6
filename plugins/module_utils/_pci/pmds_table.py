# Copyright: (c) 2026, the dataplane.dpdk authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What DPDK's drivers declare, as text for `pmds.py`; written by `tests/tools/pmds --write`."""

from __future__ import annotations

# The release that the table was compared with.
RELEASE = "26.11.0-rc0"
# A line names a driver and what it declares; below it, behind each vendor, are the devices.
TABLE = """\
ZSDA_PCI_NAME: igb_uio | uio_pci_generic | vfio-pci
  1cf2: 8050 8051
bphy_rawdev_pci_driver: vfio-pci
  177d: a089
cnxk_bphy_cgx_rawdev_pci_driver: vfio-pci
  177d: a059 a060
cnxk_dmadev_pci_driver: vfio-pci
  177d: a081
cnxk_eswitch: vfio-pci
  177d: a0e0
cnxk_nix_inl: vfio-pci
  177d: a0f0 a0f1
compress_octeontx:
  177d: a037 a083
crypto_cn10k: vfio-pci
  177d: a0f3
crypto_cn20k: vfio-pci
  177d: a0f3
crypto_cn9k: vfio-pci
  177d: a0f3
crypto_mlx5: ib_uverbs & mlx5_core & mlx5_ib
  15b3: 101b 101d 101e 1021 1023 1025 1027 2101 a2d6 a2dc a2df
crypto_octeontx: vfio-pci
  177d: a041
dma_hisi_pciep: vfio-pci
  19e5: a122
dma_odm: vfio-pci
  177d: a08c
dmadev_idxd_pci: vfio-pci
  8086: 0b25 11fb 1212
dmadev_ioat: igb_uio | uio_pci_generic | vfio-pci
  8086: 0b00 2021 6f20 6f21 6f22 6f23 6f24 6f25 6f26 6f27 6f2e 6f2f
event_cn10k: vfio-pci
  177d: a0f9 a0fa
event_cn20k: vfio-pci
  177d: a0f9 a0fa
event_cn9k: vfio-pci
  177d: a0f9 a0fa
event_dlb2_5_pf:
  8086: 2714
event_dlb2_pf:
  8086: 2710
event_skeleton_pci:
  177d: 0001
gpu_cuda: nvidia & (nv_peer_mem | nvpeer_mem)
  10de: 12eb 131d 13d8 13d9 1db1 1db2 1db3 1db4 1db5 1db6 1db7 1db8 1dba 1df0 1df2 1df5 1df6 1e02 1e78 1eb0 1eb1 1eb4
    1eb8 20b0 20b1 20b2 20b5 20b7 20b8 20b9 20f0 20f1 20f2 2230 2231 2232 2233 2235 2236 2237 2238 24b0 2531 2571
ifpga_rawdev_pci_driver: igb_uio | uio_pci_generic | vfio-pci
  8086: 09c4 09c5 0b30 0b31 bcbd bcbf bcc0 bcc1 bcce bccf
intel_acc100_pf:
  8086: 0d5c
intel_acc100_vf:
  8086: 0d5d
intel_fpga_5gnr_fec_pf:
  8086: 0d8f 5799
intel_fpga_5gnr_fec_vf:
  8086: 0d90 579a
intel_fpga_lte_fec_pf:
  1172: 5052
intel_fpga_lte_fec_vf:
  1172: 5050
intel_vran_boost_pf:
  8086: 57c0 57c2
intel_vran_boost_vf:
  8086: 57c1 57c3
mempool_cnxk: vfio-pci
  177d: a0fb a0fc
ml_cn10k: vfio-pci
  177d: a092
mlx5_compress: ib_uverbs & mlx5_core & mlx5_ib
  15b3: 101e a2d6 a2dc
mlx5_eth: ib_uverbs & mlx5_core & mlx5_ib
  15b3: 1013 1014 1015 1016 1017 1018 1019 101a 101b 101c 101d 101e 101f 1021 1023 1025 1027 2101 a2d2 a2d3 a2d6 a2dc
    a2df
net_ark: igb_uio | uio_pci_generic
  1d6c: 100d 100e 100f 1010 1017 1018 1019 101a 101b 101c 101e 101f 1022 1024 1025 1026 102a 102b 102c 102d 102e 102f
net_atlantic: igb_uio | uio_pci_generic
  1d6a: 0001 00b1 07b1 08b1 09b1 11b1 12b1 51b1 52b1 80b1 87b1 88b1 89b1 91b1 92b1 d100 d107 d108 d109
net_avp:
  1af4: 1110
net_axgbe: igb_uio | uio_pci_generic | vfio-pci
  1022: 1458 1459
net_bnx2x: igb_uio | uio_pci_generic | vfio-pci
  1077: 16a1 16a4
  14e4: 163d 163e 164f 168a 168d 168e 16a1 16a2 16a4 16ae
net_bnx2xvf: igb_uio | vfio-pci
  1077: 16ad
  14e4: 163f 16a9 16ad 16af
net_bnxt: igb_uio | uio_pci_generic | vfio-pci
  14e4: 1606 1609 1614 16c1 16cb 16cc 16cd 16d3 16d6 16d7 16d8 16d9 16dc 16de 16e0 16e1 16e2 16e3 16e4 16ea 16ec 16ee
    16f0 1750 1751 1752 1760 1761 1762 1763 1800 1801 1802 1803 1804 1805 1806 1807 1819 d800 d802 d804 d812 d814 d818
    d82e
net_cn10k: vfio-pci
  177d: a063 a064 a0e1 a0f7 a0f8
net_cn20k: vfio-pci
  177d: a063 a064 a0f7 a0f8
net_cn9k: vfio-pci
  177d: a063 a064 a0f7 a0f8
net_cpfl: igb_uio | vfio-pci
  8086: 11e0 1453
net_cxgbe: igb_uio | uio_pci_generic | vfio-pci
  1425: 5400 5401 5402 5403 5404 5405 5406 5407 5408 5409 540a 540b 540c 540d 540e 5410 5411 5412 5413 5414 5415 5416
    5417 5418 5419 541a 541b 5480 5481 5482 5483 5484 5485 5486 5487 5488 5489 5490 5491 5492 5493 5494 5495 5496 5497
    5498 5499 549c 549d 549e 549f 54a0 54a1 54a2 54a3 54a4 54a5 54a6 54a7 54a8 54a9 54aa 54ab 54ac 54ad 54ae 54af 54b0
    6401 6402 6403 6404 6405 6406 6407 6408 6409 640d 6411 6414 6415 6480 6481 6482 6483 6484 6485 6486 6487 6488 6489
    648a 648b
net_cxgbevf: igb_uio | vfio-pci
  1425: 5800 5801 5802 5803 5804 5805 5806 5807 5808 5809 580a 580b 580c 580d 580e 5810 5811 5812 5813 5814 5815 5816
    5817 5818 5819 581a 581b 5880 5881 5882 5883 5884 5885 5886 5887 5888 5889 5890 5891 5892 5893 5894 5895 5896 5897
    5898 5899 589c 589d 589e 589f 58a0 58a1 58a2 58a3 58a4 58a5 58a6 58a7 58a8 58a9 58aa 58ab 58ac 58ad 58ae 58af 58b0
    6801 6802 6803 6804 6805 6806 6807 6808 6809 680d 6811 6814 6815 6880 6881 6882 6883 6884 6885 6886 6887 6888 6889
    688a 688b
net_e1000_em: igb_uio | uio_pci_generic | vfio-pci
  8086: 0d4c 0d4d 0d4e 0d4f 0d53 0d55 0dc5 0dc6 0dc7 0dc8 1000 1001 1004 1008 1009 100c 100d 100e 100f 1010 1011 1012
    1013 1014 1015 1016 1017 1018 1019 101a 101d 101e 1026 1027 1028 1049 104a 104b 104c 104d 105e 105f 1060 1075 1076
    1077 1078 1079 107a 107b 107c 107d 107e 107f 108a 108b 108c 1096 1098 1099 109a 10a4 10a5 10b5 10b9 10ba 10bb 10bc
    10bd 10bf 10c0 10c2 10c3 10c4 10c5 10cb 10cc 10cd 10ce 10d3 10d5 10d9 10da 10de 10df 10e5 10ea 10eb 10ef 10f0 10f5
    10f6 1501 1502 1503 150c 1525 153a 153b 1559 155a 156f 1570 15a0 15a1 15a2 15a3 15b7 15b8 15b9 15bb 15bc 15bd 15be
    15d6 15d7 15d8 15df 15e0 15e1 15e2 15e3 15f4 15f5 15f9 15fa 15fb 15fc 1a1c 1a1d 1a1e 1a1f 294c 550a 550b 550c 550d
    550e 550f 57a0 57a1 57b3 57b4 57b7 57b8 57b9 57ba
net_e1000_igb: igb_uio | uio_pci_generic | vfio-pci
  8086: 0438 043a 043c 0440 10a7 10a9 10c9 10d6 10e6 10e7 10e8 150a 150d 150e 150f 1510 1511 1516 1518 1521 1522 1523
    1524 1526 1527 1533 1534 1535 1536 1537 1538 1539 1546 157b 157c 15f6 1f40 1f41 1f45
net_e1000_igb_vf: igb_uio | vfio-pci
  8086: 10ca 1520 152d 152f
net_ena: igb_uio | uio_pci_generic | vfio-pci
  1d0f: ec20 ec21
net_enetc: vfio-pci
  1957: e100 ef00
net_enetc4: vfio-pci
  1131: e101
net_enetc4_vf: igb_uio | uio_pci_generic
  1131: ef00
net_enic: igb_uio | uio_pci_generic | vfio-pci
  1137: 0043 02b7
net_fm10k: igb_uio | uio_pci_generic | vfio-pci
  8086: 15a4 15a5 15d0
net_gve: igb_uio | vfio-pci | nic_uio
  1ae0: 0042
net_hinic:
  19e5: 0200 0205 0206 0210 1822 375e 379e
net_hinic3:
  19e5: 0222 0224 0229 3750 375f
net_hns3: igb_uio | vfio-pci
  19e5: a220 a221 a222 a224 a226 a228
net_hns3_vf: igb_uio | vfio-pci
  19e5: a22e a22f
net_i40e: igb_uio | uio_pci_generic | vfio-pci
  8086: 0cf8 0d58 0dd2 0dda 101f 104e 104f 1572 1574 1580 1581 1583 1584 1585 1586 1587 1588 1589 158a 158b 15ff 37ce
    37cf 37d0 37d1 37d2 37d3
net_iavf: igb_uio | vfio-pci
  8086: 154c 1571 1889 374d 37cd
net_ice: igb_uio | uio_pci_generic | vfio-pci
  8086: 0dbd 0dcd 1248 1249 124a 124c 124d 124e 124f 1261 1262 1263 1265 1266 1267 12d1 12d2 12d3 12d5 12d8 12da 12dc
    12dd 12de 151d 1591 1592 1593 1599 159a 159b 1888 188a 188b 188c 188d 188e 1890 1891 1892 1893 1894 1897 1898 1899
    189a 579c 579d 579e 579f
net_ice_dcf: igb_uio | vfio-pci
  8086: 1889
net_idpf: igb_uio | vfio-pci
  8086: 1452 145c
  ffff: ffff
net_ifcvf: vfio-pci
  1af4: 1000 1001 1041 1042
net_igc: igb_uio | uio_pci_generic | vfio-pci
  8086: 0d9f 125b 125c 125d 125e 125f 15f2 15f3 15f7 15f8 15fd 3100 3101 3102 5502 5503
net_ionic_pci: igb_uio | uio_pci_generic | vfio-pci
  1dd8: 1002 1003 1004
net_ixgbe: igb_uio | uio_pci_generic | vfio-pci
  8086: 10b6 10c6 10c7 10c8 10db 10dd 10e1 10ec 10f1 10f4 10f7 10f8 10f9 10fb 10fc 1507 1508 150b 1514 1517 151c 1528
    1529 152a 154a 154d 154f 1557 1558 155d 1560 1563 15aa 15ab 15ac 15ad 15ae 15b0 15c2 15c3 15c4 15c6 15c7 15c8 15ca
    15cc 15ce 15d1 15e4 15e5 57ae 57af 57b0 57b1 57b2
net_ixgbe_vf: igb_uio | vfio-pci
  8086: 10ed 1515 152e 1530 1564 1565 15a8 15a9 15b4 15c5 57ad
net_mana: ib_uverbs & mana_ib
  1414: 00b9 00ba
net_mlx4: ib_uverbs & mlx4_en & mlx4_core & mlx4_ib
  15b3: 1003 1004 1007
net_nbl: nbl_core
  1f0f: 3403 3404 3405 3406 3407 3408 3409 340a 340b 340c 340d 340e 340f 3410 3411 3412 3413
net_nfb: nfb
  18ec: c000 c400
  1b26: c250 c251 c2c1 cb80
  1c2c: 00d0 00d2 c240
net_nfp_pf: igb_uio | uio_pci_generic | vfio
  19ee: 3800 4000 6000
  1da8: 3800 4000 6000
net_nfp_vf: igb_uio | uio_pci_generic | vfio
  19ee: 3803 6003
  1da8: 3803 6003
net_ngbe: igb_uio | uio_pci_generic | vfio-pci
  8088: 0100 0101 0102 0103 0104 0105 0106 0107 0108 0109 010a 010b
net_ngbe_vf: igb_uio | vfio-pci
  8088: 0110 0111 0112 0113 0114 0115 0116 0117 0118 0119 011a 011b
net_ntnic: vfio-pci
  18f4: 01c5 0215 0295
net_otx_ep: igb_uio | vfio-pci
  177d: a303 b103 b203 b403 b603 b903 ba03 bc03 bd03
net_qede: igb_uio | uio_pci_generic | vfio-pci
  1077: 1629 1634 1644 1654 1656 8070 8071 8072 8073
net_qede_vf: igb_uio | vfio-pci
  1077: 1630 1664 8090
net_r8169: igb_uio | uio_pci_generic | vfio-pci
  10ec: 0e10 5000 8125 8126 8127 8162 8168
net_rnp: igb_uio | uio_pci_generic | vfio-pci
  8848: 1000 1020 1060
net_sfc_efx: igb_uio | uio_pci_generic | vfio-pci
  10ee: 0100 1100
  1924: 0903 0923 0a03 0b03 0c03 1903 1923 1a03 1b03 1c03 2c03 3c03
net_sfc_vdpa: vfio-pci
  10ee: 1100
net_sxe2: sxe2
  1d94: 1260 126f
  1ff2: 010b 10b1 10b3 10b4
  206f: 010b 10b1
net_thunderx: igb_uio | uio_pci_generic | vfio-pci
  177d: 0011 a034
net_txgbe: igb_uio | uio_pci_generic | vfio-pci
  8088: 1001 2001 5000 5025 5040 5125 5140
net_txgbe_vf: igb_uio | vfio-pci
  8088: 1000 2000 5001 5024 503f 5124 513f
net_vcpf: vfio-pci
  8086: 1203
net_virtio: igb_uio | uio_pci_generic | vfio-pci
  1af4: 1000 1041
net_vmxnet3: igb_uio | uio_pci_generic | vfio-pci
  15ad: 07b0
net_xsc:
  1f67: 1111 1112 1151 1152 1153
net_zxdh: vfio-pci
  1cf2: 8049 8060 8061 8062 8063 8064 8066 8067 807d 807e 807f 8084 8085 8088 80a0 80a1
nfp_vdpa: vfio-pci
  19ee: 6003
nitrox:
  177d: 0013
qat: igb_uio | uio_pci_generic | vfio-pci
  8086: 0443 0da5 1454 18a1 18ef 19e3 37c9 4941 4943 4945 4947 578b 6f55
raw_ntb: igb_uio | uio_pci_generic | vfio-pci
  8086: 201c 347e
regex_cn9k:
  177d: a0f4
regex_mlx5: ib_uverbs & mlx5_core & mlx5_ib
  15b3: a2d6 a2dc
rvu_lf_rawdev_pci_driver: vfio-pci
  177d: a0e4 a0e5
vdpa_mlx5: ib_uverbs & mlx5_core & mlx5_ib
  15b3: 101b 101c 101d 101e 101f 1021 a2d6 a2dc
zxdh_gdma_rawdev_pci_driver:
  1cf2: 8044
"""
