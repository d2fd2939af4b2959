package io.moondial.rules;

import io.moondial.config.Key;
import io.moondial.config.Settings;
import java.nio.file.Path;
import java.time.Duration;

/** The socket of a running engine: the section {@code control} of the rules file. */
@Settings(
        value =
                "The local socket through which a running engine is asked. A change waits for a restart.",
        restart = true)
public record ControlSettings(
        @Key(
                        value =
                                "The socket. Its owner alone can reach it; a path of at most 107 octets.",
                        unset = ControlSettings.SOCKET)
                Path socket,
        @Key(
                        value = "How many may ask at once, traces that are running among them.",
                        unset = "16",
                        from = "1",
                        to = "1000")
                int maxConnections,
        @Key(
                        value =
                                "How long a request and its answer may take. A trace lasts as long as it is asked to.",
                        unset = "10s",
                        from = "10ms",
                        to = "1h")
                Duration timeout,
        @Key(
                        value =
                                "How often counts that should agree are compared: the dialogs of the stack with those that run, the records handed over with those written, open connections with links.",
                        unset = "5s",
                        from = "10ms",
                        to = "1h")
                Duration reconcileInterval,
        @Key(
                        value =
                                "How many times in a row such counts must differ before it is logged, and stands in \"status\".",
                        unset = "6",
                        from = "1",
                        to = "1000")
                int reconcileLooks) {
    /** Where the socket is if nothing else is said. */
    static final String SOCKET = "run/ussd.sock";
}
