# The PBX of the composed pair: the programs, the configuration's templates, and what renders them at the start.
# Nothing in here is secret: passwords are made at the first start, into a volume.
ARG PROGRAMS=localhost/ivrctl/pbx-programs
FROM ${PROGRAMS}

USER root
COPY lay-out pbx-entrypoint /usr/local/libexec/
COPY hold.wav /srv/ivrctl/music/
COPY asterisk-conf /usr/share/ivrctl/asterisk-conf
# The root file system is read-only: what one run writes is on a tmpfs, what is kept is on a volume.
RUN set -eu; \
    chmod -R a=rX /usr/share/ivrctl /srv/ivrctl; chmod 755 /usr/local/libexec/*; \
    /usr/local/libexec/lay-out; \
    for name in etc run asterisk-spool; do ln -s "volatile/$name" /srv/ivrctl/; done; \
    for name in db log; do ln -s "kept/$name" /srv/ivrctl/; done; \
    install -d -o pbx -g pbx -m 700 /srv/ivrctl/kept

USER 5060:5060
ENTRYPOINT ["/usr/local/libexec/pbx-entrypoint"]
