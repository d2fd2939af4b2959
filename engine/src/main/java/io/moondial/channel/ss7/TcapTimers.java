package io.moondial.channel.ss7;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.restcomm.protocols.ss7.tcap.TCAPProviderImpl;
import org.restcomm.protocols.ss7.tcap.TCAPStackImpl;

/** The timer pool of a TCAP stack. */
final class TcapTimers {
    private static final VarHandle POOL = poolField();

    private TcapTimers() {}

    /**
     * Makes the pool forget a timer once it is cancelled; else each dialog's idle timer stays
     * queued until its time, and the queue grows with every message. To be called after the stack's
     * start, which makes the pool.
     */
    static void forgetCancelled(TCAPStackImpl tcap) {
        pool(tcap).setRemoveOnCancelPolicy(true);
    }

    /**
     * Ends the pool with all timers that wait. The stack's own stop waits for them, and the idle
     * timer of a dialog that was open then runs for days.
     */
    static void end(TCAPStackImpl tcap) {
        pool(tcap).shutdownNow();
    }

    /** How many timers wait. */
    static int pending(TCAPStackImpl tcap) {
        return pool(tcap).getQueue().size();
    }

    private static ScheduledThreadPoolExecutor pool(TCAPStackImpl tcap) {
        return (ScheduledThreadPoolExecutor) POOL.get((TCAPProviderImpl) tcap.getProvider());
    }

    private static VarHandle poolField() {
        try {
            return MethodHandles.privateLookupIn(TCAPProviderImpl.class, MethodHandles.lookup())
                    .findVarHandle(
                            TCAPProviderImpl.class, "_EXECUTOR", ScheduledExecutorService.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
