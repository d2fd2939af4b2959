package io.moondial.script.lua;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * A Lua coroutine (Lua 5.2 manual 2.6): a value of type "thread". It has a virtual thread from its
 * first resume until it ends, so it can yield wherever it is: in a callback, a metamethod, a
 * protected call. Of all threads of a run exactly one goes on at a time, and hands over the run
 * with all that belongs to it; so nothing of a run is locked. The meter and its limits are the
 * run's.
 *
 * <p>A thread ends when its function does, or with the run: see {@link Group#end}.
 */
public final class Coroutine {
    /** What a coroutine is doing. */
    public enum Status {
        /** It has not begun, or it has yielded. */
        SUSPENDED,
        /** It is what runs now. */
        RUNNING,
        /** It has resumed another one. */
        NORMAL,
        /** Its function has returned or failed. */
        DEAD
    }

    private static final int OCTETS = 1024;
    private static final int UNITS_TO_BEGIN = 200;
    private static final int UNITS_TO_RESUME = 50;

    private final LuaState state;
    private final @Nullable Object body;
    private Status status = Status.SUSPENDED;
    private boolean begun;

    /** Where it stands while it does not run, and how many calls deep; also after an error. */
    private @Nullable Frame top;

    private int depth;

    /** How many calls deep what has resumed it is, with all that has resumed that. */
    private int below;

    /** What it must not yield within; null: nothing. */
    private @Nullable String pinned;

    // what is handed over with the run
    private @Nullable Object[] passed = Lua.NONE;
    private @Nullable Throwable thrown;
    private boolean ending;

    /** The right to run, for the coroutine, and for what has resumed it. */
    private final Semaphore mayRun = new Semaphore(0);

    private final Semaphore mayGoOn = new Semaphore(0);

    private Coroutine(LuaState state, @Nullable Object body) {
        this.state = state;
        this.body = body;
    }

    public Status status() {
        return status;
    }

    /** What is said if it is resumed though it is not suspended. */
    public String whyNotResumed() {
        return "cannot resume " + (status == Status.DEAD ? "dead" : "non-suspended") + " coroutine";
    }

    /** Whether it is no coroutine, but what every run begins in. */
    public boolean isMain() {
        return body == null;
    }

    /** Where it stands, the innermost call first. */
    @Nullable Frame top() {
        return status == Status.RUNNING ? state.top : top;
    }

    /** Whether its innermost call is one of a function in Java, such as that which yields. */
    boolean isInJava() {
        return switch (status) {
            case RUNNING, NORMAL -> true;
            case SUSPENDED -> top != null;
            case DEAD -> false;
        };
    }

    /**
     * Lets it go on until it yields or ends.
     *
     * @return what it yields or returns
     * @throws LuaError it cannot be resumed
     * @throws Failure its function failed
     */
    public @Nullable Object[] resume(@Nullable Object... values) throws Failure {
        if (status != Status.SUSPENDED) {
            throw new LuaError(whyNotResumed());
        }
        Meter meter = state.meter();
        meter.work(begun ? UNITS_TO_RESUME : UNITS_TO_BEGIN);
        Group group = state.coroutines();
        Coroutine from = group.running;
        below = from.below + state.depth();
        meter.depth(below + depth);
        if (!begun) {
            meter.coroutines(group.alive.size() + 1);
        }
        from.top = state.top;
        from.depth = state.depth();
        from.status = Status.NORMAL;
        status = Status.RUNNING;
        group.running = this;
        passed = values;
        state.moveTo(top, depth, below);
        handOver();
        group.running = from;
        from.status = Status.RUNNING;
        Throwable end = thrown;
        thrown = null;
        if (end instanceof LuaError error) {
            meter.work(LuaState.ERROR_UNITS + 2L * state.depth());
            Failure failure = new Failure(error, error.value(state), error.trace(state));
            state.moveTo(from.top, from.depth, from.below);
            throw failure;
        }
        if (end instanceof Error error) {
            throw error; // the run is over, and where it stands still says where that was
        }
        if (end instanceof RuntimeException fault) {
            throw fault;
        }
        state.moveTo(from.top, from.depth, from.below);
        return passed;
    }

    private void handOver() {
        if (begun) {
            mayRun.release();
        } else {
            begin();
        }
        mayGoOn.acquireUninterruptibly();
    }

    private void begin() {
        List<Coroutine> alive = state.coroutines().alive;
        alive.add(this);
        try {
            Thread.ofVirtual().name("coroutine").start(this::run);
            begun = true;
        } finally {
            if (!begun) {
                alive.remove(this);
            }
        }
    }

    /** On its own thread. */
    private void run() {
        try {
            passed = state.call(body, passed);
        } catch (RuntimeException | Error e) {
            thrown = e; // what has resumed it has to do with it
        }
        top = state.top;
        status = Status.DEAD;
        state.coroutines().alive.remove(this);
        mayGoOn.release();
    }

    /**
     * Suspends it, on its own thread, until it is resumed.
     *
     * @return what it is resumed with
     */
    private @Nullable Object[] handBack(@Nullable Object[] values) {
        top = state.top;
        depth = state.depth();
        status = Status.SUSPENDED;
        passed = values;
        mayGoOn.release();
        mayRun.acquireUninterruptibly();
        if (ending) {
            throw new Meter.Kill(Meter.Kill.Reason.STOPPED, "the script is over");
        }
        return passed;
    }

    /** The coroutines of one run. Confined to what of the run goes on. */
    public static final class Group {
        private final LuaState state;
        private final List<Coroutine> alive = new ArrayList<>();
        private Coroutine running;

        Group(LuaState state) {
            this.state = state;
            this.running = new Coroutine(state, null);
            this.running.status = Status.RUNNING;
        }

        /** A new one; it takes no thread before it is resumed. */
        public Coroutine create(LuaFunction function) {
            state.meter().memory(OCTETS);
            return new Coroutine(state, function);
        }

        /** The one that runs now. */
        public Coroutine running() {
            return running;
        }

        /**
         * Suspends the one that runs now.
         *
         * @return what it is resumed with
         * @throws LuaError it may not yield here
         */
        public @Nullable Object[] suspend(@Nullable Object... values) {
            if (running.isMain()) {
                throw new LuaError("attempt to yield from outside a coroutine");
            }
            if (running.pinned != null) {
                throw new LuaError("attempt to yield within " + running.pinned);
            }
            return running.handBack(values);
        }

        /**
         * Has the one that runs now not yield until this is called again with what it gave.
         *
         * @param within what it is in, for the message; null: it may yield
         */
        public @Nullable String pin(@Nullable String within) {
            String before = running.pinned;
            running.pinned = within;
            return before;
        }

        /** Ends all that are suspended, one after the other: the run is over. */
        public void end() {
            while (!alive.isEmpty()) {
                end(alive.getLast());
            }
        }

        private void end(Coroutine suspended) {
            suspended.ending = true;
            running = suspended;
            suspended.handOver();
        }

        /** Those that have begun and have not ended. */
        Set<Coroutine> alive() {
            return Set.copyOf(alive);
        }

        /** Ends all that are suspended but for these. The one that runs now goes on. */
        void endAllBut(Set<Coroutine> kept) {
            Coroutine now = running;
            for (Coroutine one : List.copyOf(alive).reversed()) {
                if (!kept.contains(one)) {
                    end(one);
                }
            }
            running = now;
        }
    }

    /** What a coroutine's function raised. */
    public static final class Failure extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient @Nullable Object value;
        private final transient LuaError.Trace trace;

        Failure(LuaError error, @Nullable Object value, LuaError.Trace trace) {
            super(error.getMessage(), null, false, false);
            this.value = value;
            this.trace = trace;
        }

        /** The error value. */
        public @Nullable Object value() {
            return value;
        }

        /** The same for what has resumed the coroutine, as another value. */
        public LuaError raisedAgain(@Nullable Object as) {
            return LuaError.ofValue(as, trace);
        }
    }
}
