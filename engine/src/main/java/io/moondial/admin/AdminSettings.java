package io.moondial.admin;

import io.moondial.config.Checked;
import io.moondial.config.HostPort;
import io.moondial.config.Key;
import io.moondial.config.Notation;
import io.moondial.config.Section;
import io.moondial.config.Settings;
import io.moondial.edr.EdrSearch;
import io.moondial.file.FileTrouble;
import io.moondial.handset.Phones.PhoneSettings;
import io.moondial.history.HistorySettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The interface over HTTP: the section {@code admin} of the rules file.
 *
 * @param listen where callers of TCP come in; null: nowhere, there is the unix socket only
 * @param users the file of those who may log in; null: nobody may
 * @param tls what the server shows; null: it speaks in clear
 */
@Settings(
        value =
                "The interface over HTTP: what people, programs and the console see of the engine, and may do to it. It always answers at the socket of the section control, where no login is needed.",
        restart = true)
public record AdminSettings(
        @Key(
                        value =
                                "Where it also answers over TCP. On an address that other machines can reach, users and tls must be there too; otherwise the engine does not start.",
                        as = ListenAddress.class,
                        unsetIs = "only the socket",
                        example = "127.0.0.1:8088")
                @Nullable HostPort listen,
        @Key(
                        value =
                                "The file of those who may log in over TCP. \"ussd user add\" writes it; the engine notices a change by itself. It holds hashes, no passwords.",
                        unsetIs = "nobody can log in over TCP",
                        example = "users")
                @Nullable Path users,
        @Key(
                        value =
                                "Protects what goes over TCP (TLS 1.2 and 1.3). New files are used once both are there; no restart is needed.",
                        unsetIs = "in clear",
                        example = "{certificate: tls/chain.pem, key: tls/key.pem}")
                @Nullable Tls tls,
        @Key(
                        value =
                                "Names by which browsers may call it besides the address of listen, such as that of a proxy in front of it. Where it listens on this machine only, a request for another name is refused: a web page could otherwise reach it through a name of its own.",
                        unset = "[]")
                List<String> hosts,
        @Key(
                        value =
                                "Who may read /metrics over TCP: whoever has logged in, which a token with the role viewer does too, or everybody.",
                        unset = "login")
                Metrics metrics,
        @Key(
                        value = "After so long without a request a session of the console ends.",
                        unset = "30m",
                        from = "1s",
                        to = "30d")
                Duration sessionIdle,
        @Key(
                        value = "After so long a session of the console ends in any case.",
                        unset = "12h",
                        from = "1s",
                        to = "30d")
                Duration sessionEnd,
        @Key(
                        value =
                                "How many sessions there may be. One more ends the one that was used least recently.",
                        unset = "100",
                        from = "1",
                        to = "100000")
                int maxSessions,
        @Key(
                        value =
                                "How many times within login_window a login may fail with the same user from the same address; from one address with any user, it may fail four times as often. Then logins from there are refused without a look at the password.",
                        unset = "5",
                        from = "1",
                        to = "1000")
                int maxLoginFailures,
        @Key(
                        value = "The time in which failed logins are counted.",
                        unset = "5m",
                        from = "1s",
                        to = "1d")
                Duration loginWindow,
        @Key(
                        value =
                                "How many logins may wait at once. Passwords are compared one at a time, because each takes some tenths of a second of work.",
                        unset = "8",
                        from = "1",
                        to = "1000")
                int maxWaitingLogins,
        @Key(
                        value =
                                "How many connections may be open over TCP. control: max_connections is the number for the socket.",
                        unset = "256",
                        from = "1",
                        to = "10000")
                int maxConnections,
        @Key(
                        value =
                                "How many of them may come from one address. A page of the console has at most seven.",
                        unset = "64",
                        from = "1",
                        to = "10000")
                int maxConnectionsOfAddress,
        @Key(
                        value =
                                "How many requests over TCP may be under way. Streams, such as events, do not count once they have begun.",
                        unset = "64",
                        from = "1",
                        to = "10000")
                int maxRequests,
        @Key(
                        value = "How long the path of a request may be, with its query.",
                        unset = "4KiB",
                        from = "256B",
                        to = "64KiB")
                int maxUri,
        @Key(
                        value =
                                "How long the first line and the headers of a request may be together.",
                        unset = "8KiB",
                        from = "1KiB",
                        to = "1MiB")
                int maxHeader,
        @Key(
                        value = "How long the body of a request may be. A longer one is refused.",
                        unset = "64KiB",
                        from = "1KiB",
                        to = "16MiB")
                int maxBody,
        @Key(
                        value =
                                "After so long without a whole request a connection is closed, whether nothing comes or only a little at a time. It counts from the begin of the connection, or from the end of the answer before.",
                        unset = "30s",
                        from = "10ms",
                        to = "1h")
                Duration idleTimeout,
        @Key(
                        value =
                                "How long the body of a request may take to come, however it comes.",
                        unset = "10s",
                        from = "10ms",
                        to = "1h")
                Duration bodyTimeout,
        @Key(
                        value =
                                "How long a caller may take to read an answer, or one piece of a stream.",
                        unset = "20s",
                        from = "10ms",
                        to = "1h")
                Duration writeTimeout,
        @Key(
                        value =
                                "How many callers may follow events at once: each open page is one.",
                        unset = "32",
                        from = "1",
                        to = "1000")
                int maxEventStreams,
        @Key(
                        value =
                                "How many events may wait for a caller who reads slowly. Further ones are lost, and the caller is told how many.",
                        unset = "256",
                        from = "1",
                        to = "100000")
                int eventQueue,
        @Key(
                        value =
                                "How many events a caller gets within a second. Further ones are lost in the same way.",
                        unset = "50",
                        from = "1",
                        to = "10000")
                int eventRate,
        @Key(
                        value =
                                "How many traces may run at once. Another one is refused, and counted in traces.refused.",
                        unset = "16",
                        from = "1",
                        to = "1000")
                int maxTraces,
        @Key HistorySettings history,
        @Key EdrSearch.Limits edrSearch,
        @Key PhoneSettings phones)
        implements Checked {
    /** Who may read the metrics without a login. */
    public enum Metrics {
        LOGIN,
        OPEN
    }

    /** The certificate of the server, and its key. */
    @Settings("What the server shows to callers over TCP.")
    public record Tls(
            @Key(
                            value =
                                    "The certificate, with those between it and its authority, in a PEM file.",
                            unset = "tls/chain.pem")
                    Path certificate,
            @Key(
                            value = "Its key, in a PEM file: PKCS#8 without a password.",
                            unset = "tls/key.pem")
                    Path key) {}

    /** How the rules write where it listens. */
    static final class ListenAddress implements Supplier<Notation<HostPort>> {
        @Override
        public Notation<HostPort> get() {
            return HostPort.written("127.0.0.1:8088");
        }
    }

    /** What keeps it from listening keeps a change from being accepted too. */
    @Override
    public void check(Section admin) {
        if (listen == null) {
            if (users != null) {
                admin.warn("users", "nobody can log in: admin has no listen");
            }
            return;
        }
        notToOpen().ifPresent(why -> admin.unsafe("listen", why));
        if (users == null && listen.isOfThisMachine()) {
            admin.warn(
                    "listen",
                    "nobody can log in over TCP: name a file of users (admin: users), and add one with ussd user add");
        } else if (users != null) {
            check(users, listen.isOfThisMachine(), admin);
        }
    }

    /** The file as it is now: the start wants somebody in it, if others reach the address. */
    private static void check(Path users, boolean isOfThisMachine, Section admin) {
        String why;
        try {
            if (!new UsersFile(users).read().isEmpty()) {
                return;
            }
            if (Files.notExists(users)) {
                why =
                        "nobody can log in over TCP: there is no file %s; ussd user add makes it"
                                .formatted(users);
            } else if (isOfThisMachine) {
                return; // the start warns of it
            } else {
                why =
                        "nobody can log in over TCP: %s has no users; ussd user add adds one"
                                .formatted(users);
            }
        } catch (IOException e) {
            why = "an engine does not start with this file: " + FileTrouble.tell(e);
        }
        if (isOfThisMachine) {
            admin.warn("users", why);
        } else {
            admin.unsafe("users", why);
        }
    }

    /** Why it must not listen like this; empty if it may. */
    Optional<String> notToOpen() {
        if (listen == null || listen.isOfThisMachine()) {
            return Optional.empty();
        }
        if (tls == null) {
            return Optional.of(
                    "other machines can reach %s, and passwords would go in clear: give it a certificate (admin: tls), or let it listen on 127.0.0.1 with a proxy in front"
                            .formatted(listen));
        }
        if (users == null) {
            return Optional.of(
                    "other machines can reach %s, and there are no users: name their file (admin: users), and add one with ussd user add"
                            .formatted(listen));
        }
        return Optional.empty();
    }
}
