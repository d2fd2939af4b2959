package io.starhash.network.sigtran;

import com.sun.nio.sctp.SctpChannel;
import java.io.IOException;

/** Whether this host can do SCTP. */
final class KernelSctp {
    private KernelSctp() {}

    /**
     * Makes sure of it.
     *
     * @throws IllegalStateException where it cannot, with what is missing
     */
    static void require() {
        try {
            SctpChannel.open().close();
        } catch (IOException | UnsupportedOperationException e) {
            throw new IllegalStateException(
                    "this host has no SCTP (%s): load the kernel module sctp and install libsctp1 (lksctp-tools), or use transport: tcp in a laboratory"
                            .formatted(e.getMessage()),
                    e);
        }
    }
}
