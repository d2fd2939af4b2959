package io.moondial.channel.ss7;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.BitSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.jspecify.annotations.Nullable;
import org.restcomm.protocols.ss7.sccp.SccpProvider;
import org.restcomm.protocols.ss7.sccp.parameter.SccpAddress;
import org.restcomm.protocols.ss7.tcap.DialogImpl;
import org.restcomm.protocols.ss7.tcap.TCAPCounterProviderImpl;
import org.restcomm.protocols.ss7.tcap.TCAPProviderImpl;
import org.restcomm.protocols.ss7.tcap.TCAPStackImpl;
import org.restcomm.protocols.ss7.tcap.api.tc.dialog.Dialog;
import org.restcomm.protocols.ss7.tcap.asn.InvokeImpl;

/**
 * A TCAP stack whose dialogs take less memory while they wait, and have ids that nobody can guess.
 */
final class LeanTcap extends TCAPStackImpl {
    private static final VarHandle OUR_INVOKES =
            field(DialogImpl.class, "operationsSent", InvokeImpl[].class);
    private static final VarHandle FAR_SIDES_INVOKES =
            field(DialogImpl.class, "operationsSentA", InvokeImpl[].class);
    private static final VarHandle DIALOGS =
            field(TCAPProviderImpl.class, "dialogs", ConcurrentHashMap.class);
    private static final VarHandle TIMERS =
            field(TCAPProviderImpl.class, "_EXECUTOR", ScheduledExecutorService.class);
    private static final InvokeImpl[] NONE = {};

    /** The stack has one place for each invoke id there can be, from -128 on. */
    private static final int PLACES = 257;

    private static final int PLACE_OF_ZERO = 128;

    /** Few dialogs go beyond it. */
    private static final int USUAL_INVOKE_ID = 15;

    private static final long BELOW_EVERY_ID = 0;

    private final TransactionIdSource ids;
    private final TcapCounts counts;

    /** Under the provider's lock. */
    private long nextId = BELOW_EVERY_ID;

    /** A stack that is not started; its dialogs are given ids of these limits. */
    LeanTcap(
            String name,
            SccpProvider sccp,
            int ssn,
            SignallingLimits.Tcap limits,
            TcapCounts counts) {
        super(name, sccp, ssn);
        this.counts = counts;
        ids = new TransactionIdSource(limits.firstTid(), limits.lastTid(), limits.maxDialogs());
        tcapProvider = new Provider(sccp, this, ssn);
        tcapCounterProvider = new TCAPCounterProviderImpl(tcapProvider);
    }

    /**
     * Makes the timer pool, which forgets a timer once it is cancelled: else each dialog's idle
     * timer stays queued until its time, and the queue grows with every message.
     */
    @Override
    public void start() throws Exception {
        super.start();
        timers().setRemoveOnCancelPolicy(true);
    }

    /**
     * Ends the timers that wait, too: the stack's own stop waits for them, and the idle timer of a
     * dialog that was open then runs for days.
     */
    @Override
    public void stop() {
        super.stop();
        timers().shutdownNow();
    }

    /** How many timers wait; once it has started. */
    int pendingTimers() {
        return timers().getQueue().size();
    }

    private ScheduledThreadPoolExecutor timers() {
        return (ScheduledThreadPoolExecutor) TIMERS.get(tcapProvider);
    }

    /**
     * The stack asks for the end of the range before it tries an id, under its lock. It always
     * finds itself behind that end, so that it goes on at the start, which is another id each time;
     * and it does so until it meets one that is not in use.
     */
    @Override
    public long getDialogIdRangeEnd() {
        nextId = ids.next();
        return BELOW_EVERY_ID;
    }

    /** The id that is tried next: see {@link #getDialogIdRangeEnd}. */
    @Override
    public long getDialogIdRangeStart() {
        return nextId;
    }

    /** The dialog with this id of ours; null if there is none. */
    static @Nullable DialogImpl dialog(TCAPProviderImpl tcap, long id) {
        return (DialogImpl) ((ConcurrentHashMap<?, ?>) DIALOGS.get(tcap)).get(id);
    }

    /**
     * The dialog that a TC-BEGIN has begun, of which nobody may know yet: found by going through
     * all, for when the stack has failed on that message.
     *
     * @param caller the very calling address that the message came with
     * @return null if none was begun, or it has ended
     */
    @SuppressWarnings("ReferenceEquality") // another message of the same caller has an equal one
    static @Nullable DialogImpl begunBy(TCAPProviderImpl tcap, SccpAddress caller) {
        for (Object dialog : ((ConcurrentHashMap<?, ?>) DIALOGS.get(tcap)).values()) {
            if (((DialogImpl) dialog).getRemoteAddress() == caller) {
                return (DialogImpl) dialog;
            }
        }
        return null;
    }

    /**
     * Lets go of a dialog's room for 257 Invokes of the far side. The stack only uses it when it
     * listens to the dialogs of others (its preview mode).
     */
    static void slim(Dialog dialog) {
        FAR_SIDES_INVOKES.set((DialogImpl) dialog, NONE);
    }

    /**
     * Makes room for each invoke id there can be: before anything of a dialog is sent or read,
     * under its lock.
     */
    static void makeRoom(Dialog dialog) {
        resize((DialogImpl) dialog, PLACES);
    }

    /**
     * Leaves room only for the Invokes that we have sent, while the dialog waits for the far side;
     * under its lock.
     *
     * @param highestId the greatest invoke id that was sent so far
     */
    static void saveRoom(Dialog dialog, int highestId) {
        if (highestId <= USUAL_INVOKE_ID) {
            resize((DialogImpl) dialog, PLACE_OF_ZERO + USUAL_INVOKE_ID + 1);
        }
    }

    private static void resize(DialogImpl dialog, int places) {
        InvokeImpl[] invokes = (InvokeImpl[]) OUR_INVOKES.get(dialog);
        if (invokes.length != places) {
            OUR_INVOKES.set(dialog, Arrays.copyOf(invokes, places));
        }
    }

    private static VarHandle field(Class<?> owner, String name, Class<?> type) {
        try {
            return MethodHandles.privateLookupIn(owner, MethodHandles.lookup())
                    .findVarHandle(owner, name, type);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final class Provider extends TCAPProviderImpl {
        private static final long serialVersionUID = 1L;

        Provider(SccpProvider sccp, TCAPStackImpl stack, int ssn) {
            super(sccp, stack, ssn);
        }

        @Override
        public void release(DialogImpl dialog) {
            ids.giveBack(dialog.getLocalDialogId());
            super.release(dialog);
        }

        @Override
        public void send(
                byte[] data,
                boolean returnOnError,
                SccpAddress called,
                SccpAddress calling,
                int seqControl,
                int networkId,
                int localSsn,
                int remotePc)
                throws IOException {
            counts.sent(data);
            super.send(
                    data,
                    returnOnError,
                    called,
                    calling,
                    seqControl,
                    networkId,
                    localSsn,
                    remotePc);
        }

        /**
         * Never congested: the engine itself refuses, dialog by dialog, what it cannot take. The
         * stack would take any burst that its timers' threads lag behind for congestion, and send
         * SCMG's SSC (subsystem congested) for every eighth message of it.
         */
        @Override
        public int getCumulativeCongestionLevel() {
            return 0;
        }
    }

    /**
     * Transaction ids that nobody can guess: each is drawn by the system's secure random generator,
     * evenly over a range. One that was given back is not drawn again until many others were given
     * back after it, so that what comes late for an ended dialog does not meet another one.
     *
     * <p>That is remembered by id if the range is small, otherwise by the lowest bits of the id.
     * Either way at least a quarter of the draws succeeds.
     */
    static final class TransactionIdSource {
        /** More than these are remembered by their lowest bits. */
        private static final int MAX_PLACES = 1 << 20;

        /** At most this many of all places may be used by ids that were given back. */
        private static final int RESTING_PART = 8;

        private static final int BUFFER = 4096;

        private final SecureRandom random = new SecureRandom();
        private final byte[] drawn = new byte[BUFFER];
        private int used = BUFFER;

        private final long first;
        private final long ids;
        private final int mask;
        private final int places;

        /** How many are given back before the oldest of them are forgotten. */
        private final long generation;

        /**
         * The places of what was given back: since the last change of generation, and before it.
         */
        private BitSet lately;

        private BitSet before;
        private long givenBack;

        /**
         * Ids from the first to the last.
         *
         * @param inUse how many there may be in use at once; fewer than there are
         */
        TransactionIdSource(long first, long last, int inUse) {
            this.first = first;
            ids = last - first + 1;
            mask = (int) ((Long.highestOneBit(ids - 1) << 1) - 1);
            places = (int) Math.min(ids, MAX_PLACES);
            generation = Math.min((ids - inUse) / 4, places / RESTING_PART);
            lately = new BitSet(places);
            before = new BitSet(places);
        }

        /** An id that was not given back lately; it may be in use. */
        synchronized long next() {
            while (true) {
                int offset = draw() & mask;
                if (offset < ids && !rests(offset % places)) {
                    return first + offset;
                }
            }
        }

        private boolean rests(int place) {
            return lately.get(place) || before.get(place);
        }

        private int draw() {
            if (used == BUFFER) {
                random.nextBytes(drawn);
                used = 0;
            }
            int at = used;
            used += Integer.BYTES;
            return (drawn[at] & 0xff) << 24
                    | (drawn[at + 1] & 0xff) << 16
                    | (drawn[at + 2] & 0xff) << 8
                    | (drawn[at + 3] & 0xff);
        }

        /** This id is not in use any more. */
        synchronized void giveBack(long id) {
            lately.set((int) ((id - first) % places));
            if (++givenBack >= generation) {
                givenBack = 0;
                BitSet oldest = before;
                before = lately;
                oldest.clear();
                lately = oldest;
            }
        }
    }
}
