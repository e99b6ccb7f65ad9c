/* A floor for FastAGI servers: one epoll loop that answers every line with the next command, and looks nothing up.
 *
 * It prints its port and serves until its standard input ends. No call could be made with it: nothing is parsed but the
 * end of a block and of a line. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST = 65536, EVENTS = 256 };

static const char *const COMMANDS[] = {
    "ANSWER\n",
    "GET OPTION \"menu\" \"0123456789*#\" 5000\n",
    "STREAM FILE \"your-balance-is\" \"\"\n",
    "SAY NUMBER 120 \"\"\n",
    "STREAM FILE \"yuan\" \"\"\n",
};
enum { LAST = sizeof COMMANDS / sizeof *COMMANDS };

struct call {
    int next;
    char end[2];
};
static struct call calls[MOST];

static void received(int epoll, int fd) {
    char buffer[4096];
    struct call *call = &calls[fd];
    ssize_t size = read(fd, buffer, sizeof buffer);
    if (size <= 0) {
        close(fd);
        return;
    }
    if (size >= 2)
        memcpy(call->end, buffer + size - 2, 2);
    else
        call->end[0] = call->end[1], call->end[1] = buffer[0];
    if (call->end[1] != '\n' || (!call->next && call->end[0] != '\n'))
        return;
    if (!strncmp(buffer, "200 result=50", 13))
        call->next--; /* the menu again */
    if (call->next == LAST) {
        epoll_ctl(epoll, EPOLL_CTL_DEL, fd, NULL);
        close(fd);
        return;
    }
    const char *command = COMMANDS[call->next++];
    if (write(fd, command, strlen(command)) < 0)
        close(fd);
}

static void watch(int epoll, int fd) {
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

int main(void) {
    int one = 1, listening = socket(AF_INET, SOCK_STREAM, 0), epoll = epoll_create1(0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    if (bind(listening, (struct sockaddr *)&address, length) || listen(listening, 1024))
        return 1;
    getsockname(listening, (struct sockaddr *)&address, &length);
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    watch(epoll, listening);
    watch(epoll, STDIN_FILENO);
    for (;;) {
        struct epoll_event events[EVENTS];
        int count = epoll_wait(epoll, events, EVENTS, -1);
        for (int place = 0; place < count; place++) {
            int fd = events[place].data.fd;
            if (fd == STDIN_FILENO)
                return 0;
            if (fd != listening) {
                received(epoll, fd);
                continue;
            }
            int call = accept(listening, NULL, NULL);
            if (call < 0 || call >= MOST)
                continue;
            memset(&calls[call], 0, sizeof *calls);
            setsockopt(call, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
            watch(epoll, call);
        }
    }
}
