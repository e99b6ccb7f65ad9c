# The development PBX as an image: Asterisk 22 LTS, the softphones and the voice, the same packages as the Debian root's.
# `ivrctl pbx up` builds it where Docker or Podman answers; by hand:
#   docker build --network host --file docker/pbx.Dockerfile --tag ivrctl-pbx src/ivrctl/adapters/pbx
#
# BASE is a Debian of the suite that packages Asterisk 22 LTS. Where no image can be pulled:
#   mmdebstrap --variant=minbase forky - | docker import - ivrctl-base:forky     and --build-arg BASE=ivrctl-base:forky
ARG BASE=debian:forky-slim
FROM ${BASE}

COPY packages.txt /usr/share/ivrctl/packages.txt

# Valid-Until: the testing suite's release file may be past its date on a mirror that lags.
# Retries: a mirror hiccup in one of 300 packages should not cost the whole build.
RUN printf 'path-exclude=/usr/share/%s/*\n' man locale doc > /etc/dpkg/dpkg.cfg.d/ivrctl \
 && echo 'path-include=/usr/share/doc/*/copyright' >> /etc/dpkg/dpkg.cfg.d/ivrctl \
 && apt-get -o Acquire::Check-Valid-Until=false -o Acquire::Retries=3 update \
 && sed '/^#/d' /usr/share/ivrctl/packages.txt | DEBIAN_FRONTEND=noninteractive xargs \
    apt-get -o Acquire::Retries=3 install --yes --no-install-recommends \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/apt /var/log/dpkg.log

# The configuration, the prompts and what Asterisk writes come by mounts; nothing in here is secret.
USER asterisk
