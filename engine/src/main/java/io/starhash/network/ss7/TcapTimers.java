package io.starhash.network.ss7;

import java.lang.invoke.MethodHandles;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.restcomm.protocols.ss7.tcap.TCAPProviderImpl;
import org.restcomm.protocols.ss7.tcap.TCAPStackImpl;

/** The timer pool of a TCAP stack. */
final class TcapTimers {
    private TcapTimers() {}

    /**
     * Makes the pool forget a timer once it is cancelled; else each dialog's idle timer stays
     * queued until its time, and the queue grows with every message. To be called after the stack's
     * start, which makes the pool.
     */
    static void forgetCancelled(TCAPStackImpl tcap) {
        try {
            var pool =
                    MethodHandles.privateLookupIn(TCAPProviderImpl.class, MethodHandles.lookup())
                            .findVarHandle(
                                    TCAPProviderImpl.class,
                                    "_EXECUTOR",
                                    java.util.concurrent.ScheduledExecutorService.class);
            ((ScheduledThreadPoolExecutor) pool.get((TCAPProviderImpl) tcap.getProvider()))
                    .setRemoveOnCancelPolicy(true);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    "the timer pool of this TCAP stack cannot be reached", e);
        }
    }
}
