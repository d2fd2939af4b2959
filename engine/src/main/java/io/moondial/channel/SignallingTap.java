package io.moondial.channel;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sees what goes over the signalling links, both ways. It is called on the thread that carries the
 * message, so it must not wait.
 */
@FunctionalInterface
public interface SignallingTap {
    /** A message has come, or is going out. */
    void seen(SignallingMessage message);

    /**
     * A message of the links, as a tap sees it: secret answers in it are masked already.
     *
     * @param outgoing whether it is the engine's
     * @param parts its MTP3 messages from the service information octet on (ITU-T Q.704 14.2): one,
     *     or as many as SCCP has cut it into; they may not be changed
     * @param transaction what TCAP says in it; null if it holds no TCAP that can be read
     */
    record SignallingMessage(
            boolean outgoing, List<byte[]> parts, @Nullable Transaction transaction) {
        public SignallingMessage {
            parts = List.copyOf(parts);
        }

        /**
         * Whose message it is.
         *
         * @param ends whether no message of the transaction comes after it
         * @param engineTid the engine's transaction id, lower-case hex; null if the message has
         *     none
         * @param farTid the far side's; null if the message has none
         * @param msisdn the digits of the one in an argument, or of the subscriber for whom the
         *     engine has begun the dialog; null if neither is there
         */
        public record Transaction(
                boolean ends,
                @Nullable String engineTid,
                @Nullable String farTid,
                @Nullable String msisdn) {}
    }
}
