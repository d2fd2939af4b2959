package io.moondial.admin;

import io.moondial.config.Key;
import io.moondial.config.Settings;
import java.nio.file.Path;
import java.time.Duration;

/** The owner's socket of a running engine: the section {@code control} of the rules file. */
@Settings(
        value =
                "The local socket that \"status\", \"trace\" and the other commands use to ask a running engine.",
        restart = true)
public record ControlSettings(
        @Key(
                        value =
                                "The socket. Only the user that the engine runs as can use it. The path has at most 107 octets.",
                        unset = ControlSettings.SOCKET)
                Path socket,
        @Key(
                        value =
                                "How many connections may be open at once, including running traces.",
                        unset = "16",
                        from = "1",
                        to = "1000")
                int maxConnections,
        @Key(
                        value =
                                "The interval at which counts that should be equal are compared: the dialogs of the stack with those that run, the records handed over with those written, open connections with links.",
                        unset = "5s",
                        from = "10ms",
                        to = "1h")
                Duration reconcileInterval,
        @Key(
                        value =
                                "How many times in a row such counts must differ before this is logged and \"status\" shows it.",
                        unset = "6",
                        from = "1",
                        to = "1000")
                int reconcileLooks) {
    /** Where the socket is if nothing else is said. */
    public static final String SOCKET = "run/ussd.sock";
}
