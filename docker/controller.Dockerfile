# ivrctl: Python, the voice, and the wheels that docker/build has fetched and built. No compiler and no pip are left.
ARG BASE=debian:trixie-slim
FROM ${BASE} AS programs

RUN set -eu; \
    export DEBIAN_FRONTEND=noninteractive; \
    printf 'path-exclude=/usr/share/%s/*\n' man locale > /etc/dpkg/dpkg.cfg.d/ivrctl; \
    printf 'path-exclude=/usr/share/doc/*\npath-include=/usr/share/doc/*/copyright\n' >> /etc/dpkg/dpkg.cfg.d/ivrctl; \
    printf 'Acquire::Check-Valid-Until "false";\nAcquire::Retries "3";\n' > /etc/apt/apt.conf.d/90ivrctl; \
    apt-get update --quiet=2; \
    apt-get install --yes --quiet=2 --no-install-recommends python3 espeak-ng tini tzdata; \
    apt-get clean; rm -rf /var/lib/apt/lists/* /var/log/apt /var/log/dpkg.log

FROM programs AS installed
# pip runs from its own wheel: it is needed here only. Every wheel but our own is compared with its hash.
COPY wheels /wheels
RUN set -eu; \
    python3 -m venv --without-pip /opt/ivrctl; \
    /opt/ivrctl/bin/python "$(ls /wheels/pip/pip-*.whl)/pip" install --quiet --no-index --no-cache-dir \
        --find-links /wheels --require-hashes --requirement /wheels/requirements.txt
COPY ivrctl /wheels/ivrctl
RUN /opt/ivrctl/bin/python "$(ls /wheels/pip/pip-*.whl)/pip" install --quiet --no-index --no-cache-dir --no-deps \
        /wheels/ivrctl/ivrctl-*.whl

FROM programs
COPY lay-out controller-entrypoint /usr/local/libexec/
RUN set -eu; \
    chmod 755 /usr/local/libexec/*; /usr/local/libexec/lay-out; \
    install -d -o controller -g controller -m 700 /var/lib/ivrctl; \
    install -d /site
COPY --from=installed /opt/ivrctl /opt/ivrctl

ENV PATH=/opt/ivrctl/bin:/usr/bin:/bin HOME=/tmp LANG=C.UTF-8 PYTHONUNBUFFERED=1 \
    IVRCTL_PROMPTS=/srv/ivrctl/prompts IVRCTL_SPOOL=/srv/ivrctl/spool IVRCTL_RECORDINGS=/srv/ivrctl/recordings
USER 4573:4573
# tini: the first process of a container must reap what others leave behind, and hand signals on.
ENTRYPOINT ["/usr/bin/tini", "--", "/usr/local/libexec/controller-entrypoint"]
