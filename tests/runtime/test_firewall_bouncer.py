"""CrowdSec's own firewall bouncer from Debian, unchanged, against our API."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest
from tests.protect.enforcers.namespace import NFT, namespace, until
from tests.runtime.enforcing import Home

BOUNCER = "crowdsec-firewall-bouncer"
PORT = 18_600  # in a network of its own
CONFIG = """
mode: nftables
pid_dir: {folder}
update_frequency: 1s
daemonize: false
log_mode: stdout
log_level: info
api_url: http://127.0.0.1:{port}/
api_key: {key}
disable_ipv6: false
deny_action: DROP
deny_log: false
supported_decisions_types: [ban]
blacklists_ipv4: blocked4
blacklists_ipv6: blocked6
nftables:
  ipv4: {{enabled: true, set-only: false, table: crowdsec, chain: crowdsec-chain}}
  ipv6: {{enabled: true, set-only: false, table: crowdsec6, chain: crowdsec6-chain}}
pf: {{anchor_name: ""}}
prometheus: {{enabled: false, listen_addr: 127.0.0.1, listen_port: 60601}}
"""


@pytest.mark.slow
def test_decisions_reach_its_sets_and_leave_them(tmp_path):
    if shutil.which(BOUNCER) is None:
        pytest.skip(f"{BOUNCER} is not installed")
    with namespace(tmp_path) as net:
        home = Home(tmp_path / "home", f'[web]\nbind = "127.0.0.1:{PORT}"\nworkers = 1\n')
        key = home.do("do_add_enforcer(SETUP, name='fw', kind='bouncer', product='firewall')[1]")
        home.do("decide('address', '203.0.113.1', '2001:db8::5')")
        home.do("decide('address', '203.0.113.77', measure='challenge')")
        conf = tmp_path / "bouncer.yaml"
        conf.write_text(CONFIG.format(folder=tmp_path, port=PORT, key=key))
        conf.chmod(0o600)
        log = (tmp_path / "bouncer.log").open("wb")
        web = net.start(*home.command("web"), env=home.environment)
        bouncer = None
        try:
            until(
                lambda: net.run("curl", "-s", f"http://127.0.0.1:{PORT}/healthz", check=False), 30
            )
            bouncer = net.start(
                BOUNCER, "-c", str(conf), stdout=log, stderr=log, env={**os.environ}
            )
            until(lambda: four(net) == {"203.0.113.1"}, 15, 0.05)
            until(lambda: net.elements("crowdsec6", "blocked6", "ip6") == {"2001:db8::5"}, 5)
            home.do("decide('address', '203.0.113.9')")
            appeared = until(lambda: "203.0.113.9" in four(net), 10, 0.05)
            home.do("undo('203.0.113.1', '203.0.113.9')")
            gone = until(lambda: four(net) == set(), 10, 0.05)
            assert appeared < 3.0, "its poll interval is a second"
            assert gone < 3.0
            # either side starts anew: nothing is lost
            web.terminate()
            web.wait(20)
            home.do("decide('address', '203.0.113.20')")
            web = net.start(*home.command("web"), env=home.environment)
            until(lambda: four(net) == {"203.0.113.20"}, 30, 0.1)
            row = home.do(
                "__import__('shangdun.records.models').records.models.Enforcer"
                ".objects.get(name='fw').agent"
            )
            assert row.startswith(BOUNCER)
        finally:
            for process in (bouncer, web):
                if process:
                    process.terminate()
                    process.wait(20)
            log.close()
            home.close()


def four(net) -> set[str]:
    try:
        return net.elements("crowdsec", "blocked4", "ip")
    except subprocess.CalledProcessError:
        return set()


def test_the_namespace_has_nft(tmp_path):
    with namespace(tmp_path) as net:
        assert "nftables" in net.run(NFT, "--version")
