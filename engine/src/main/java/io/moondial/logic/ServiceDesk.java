package io.moondial.logic;

import static java.util.stream.Collectors.joining;

import io.moondial.channel.Address;
import io.moondial.channel.DialogDesk;
import io.moondial.channel.DialogLink;
import io.moondial.channel.DialogLink.DialogGoneException;
import io.moondial.channel.DialogTids;
import io.moondial.channel.Opening;
import io.moondial.config.Key;
import io.moondial.config.Measure;
import io.moondial.config.Settings;
import io.moondial.dialog.DialogKind;
import io.moondial.dialog.Outgoing;
import io.moondial.edr.EdrSink;
import io.moondial.edr.InstanceIds;
import io.moondial.logic.LuaService.Claim;
import io.moondial.logic.LuaService.ScriptStatus;
import io.moondial.metrics.Counters;
import io.moondial.metrics.RateLimitedLog;
import io.moondial.text.LogText;
import io.moondial.text.Mask;
import io.moondial.time.Time;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/**
 * Where dialogs arrive: each is refused, or claimed by a service and run on a virtual thread of its
 * own.
 */
public final class ServiceDesk implements DialogDesk {
    /** The counter of dialogs that have begun. */
    public static final String BEGUN = "dialogs.begun";

    /**
     * What the counters of calls begin with; a module, a dot, what the rules name, a dot, and the
     * outcome follow, or {@code microseconds}.
     */
    public static final String CALLS = "calls.";

    /** What the counters of dialogs that have ended begin with; how they did follows. */
    public static final String FINISHED = "dialogs.finished.";

    /** The counter of dialogs that scripts have begun with other nodes. */
    public static final String FAR_BEGUN = "far.begun";

    /** What the counters begin with of those that have ended; how they did follows. */
    public static final String FAR_ENDED = "far.ended.";

    /** What the counters of dialogs that were not taken begin with; why follows. */
    public static final String REFUSED = "dialogs.refused.";

    /** What the counters begin with that scripts count under; the name that they gave follows. */
    public static final String STAT = "script.";

    /** Why a push is not begun: the rules name no such script for pushes. */
    public static final String NO_SCRIPT = "no_script";

    private static final int SYSTEM_FAILURE = 34;
    private static final int UNEXPECTED_DATA_VALUE = 36;

    private final BooleanSupplier room;
    private final InstanceIds instanceIds;
    private final Counters counters;
    private final DialogEnvironment around;
    private final OpenDialogs open;
    private final Logger log;
    private final RateLimitedLog limited;
    private final ScriptShares shares;
    private final DialogMetrics metrics;
    private final DialogObserver observers;
    private volatile List<LuaService> services = List.of();
    private volatile BooleanSupplier heap = () -> true;

    /**
     * A desk without services yet.
     *
     * @param room whether the EDRs of one more dialog would find a place
     * @param maxDialogs how many may be open; more are refused
     */
    public ServiceDesk(
            EdrSink edrs,
            BooleanSupplier room,
            InstanceIds instanceIds,
            Counters counters,
            Time time,
            int maxDialogs) {
        this(edrs, room, instanceIds, counters, DialogEnvironment.at(time), maxDialogs);
    }

    /** As above, in surroundings of its own. */
    public ServiceDesk(
            EdrSink edrs,
            BooleanSupplier room,
            InstanceIds instanceIds,
            Counters counters,
            DialogEnvironment around,
            int maxDialogs) {
        this(edrs, room, instanceIds, counters, around, maxDialogs, StopClock.REAL);
    }

    /** As above, with another clock for its stop. */
    public ServiceDesk(
            EdrSink edrs,
            BooleanSupplier room,
            InstanceIds instanceIds,
            Counters counters,
            DialogEnvironment around,
            int maxDialogs,
            StopClock stopClock) {
        this.room = room;
        this.instanceIds = instanceIds;
        this.counters = counters;
        this.around = around;
        this.open = new OpenDialogs(maxDialogs, stopClock);
        this.log = around.loggers().getLogger("dialog");
        this.limited = new RateLimitedLog(log, around.time());
        this.shares =
                new ScriptShares(
                        counters, around.loggers().getLogger("script"), log, around.time());
        this.metrics = new DialogMetrics(counters, around.time());
        // a record that a script cannot write has not happened: nobody behind the records is told
        this.observers =
                DialogObserver.all(
                        List.of(
                                metrics,
                                DialogObserver.always(new DialogRecords(edrs)),
                                DialogObserver.always(new DialogLog(log, limited, shares)),
                                around.observer()));
    }

    /**
     * From now on dialogs begin with these services; those that run finish on what they began with.
     */
    public void serve(List<LuaService> services) {
        this.services = List.copyOf(services);
        shares.writtenOut(
                services.stream()
                        .flatMap(service -> service.statNames().stream())
                        .collect(Collectors.toUnmodifiableSet()));
        shares.forgetErrors();
        services.forEach(
                service ->
                        service.scripts().forEach(it -> metrics.script(service.kind(), it.key())));
    }

    /**
     * What scripts have counted. None of it ever falls, whatever a reload changes.
     *
     * @param byName under names that are or were written out in a script in service
     * @param composed under all other names together: a name that a script composes could hold
     *     anything, a subscriber's number too
     */
    public record ScriptStats(SortedMap<String, Long> byName, long composed) {}

    /** What scripts have counted so far, under names of their own. */
    public ScriptStats stats() {
        return shares.stats();
    }

    /** What is counted and measured of dialogs, script by script. */
    public DialogMetrics metrics() {
        return metrics;
    }

    /** From now on a dialog is refused if the heap has no room for it. */
    public void guardHeap(BooleanSupplier hasRoom) {
        heap = hasRoom;
    }

    /** The scripts that dialogs can begin with now. */
    public List<ScriptStatus> scripts() {
        return services.stream().flatMap(service -> service.scripts().stream()).toList();
    }

    /** How many dialogs run now. */
    public int openDialogs() {
        return open.count();
    }

    /**
     * What a stop came to.
     *
     * @param aborted how many dialogs had to be aborted
     * @param left how many of them run all the same
     */
    public record Stop(int aborted, int left) {}

    /**
     * By what clock a stop goes.
     *
     * @param killTime how long a stop waits for scripts that it has stopped: they end at their next
     *     instruction. It waits for so long again each time that dialogs have ended meanwhile
     * @param total how long it waits for them at most, however many end
     * @param nanos only goes forward, in nanoseconds from any point
     */
    public record StopClock(Duration killTime, Duration total, LongSupplier nanos) {
        /** That of the machine. */
        public static final StopClock REAL =
                new StopClock(Duration.ofSeconds(5), Duration.ofSeconds(60), System::nanoTime);
    }

    /**
     * Refuses new dialogs from now on, lets those that run finish within this time, and aborts the
     * rest. It waits for those as long as some of them end, within the bounds of its {@link
     * StopClock}.
     */
    public Stop stop(Duration timeout) throws InterruptedException {
        Stop stop = open.stop(timeout);
        if (stop.left() > 0) {
            log.error(
                    "{} dialogs run on although they are aborted, and {}: the stop goes on without them, and what they still do has no record; such as {}",
                    stop.left(),
                    open.whyNotLonger(),
                    open.some());
        }
        shares.forgetErrors();
        return stop;
    }

    /**
     * A stop under way, or to come, waits no longer for dialogs to finish: they are aborted now. If
     * they are aborted already, it waits for their end once more at most.
     */
    public void hurry() {
        open.hurry();
    }

    // ---- on a network thread

    @Override
    public DialogLink.Receiver begun(Opening opening, DialogLink link) {
        if (!heap.getAsBoolean()) {
            return refuse(opening, link, SYSTEM_FAILURE, "heap_full");
        }
        if (!room.getAsBoolean()) {
            return refuse(opening, link, SYSTEM_FAILURE, "no_room_for_edrs");
        }
        Optional<Claim> claim = claim(opening);
        if (claim.isEmpty()) {
            return refuse(opening, link, UNEXPECTED_DATA_VALUE, "no_trigger", () -> asked(opening));
        }
        DialogRun run = run(claim.get(), link, DialogListener.NOBODY);
        return switch (open.admit(run)) {
            case ADMITTED -> start(run);
            case FULL -> refuse(opening, link, SYSTEM_FAILURE, "too_many_dialogs");
            case STOPPING -> refuse(opening, link, SYSTEM_FAILURE, "stopping");
        };
    }

    /**
     * Begins a dialog: its script runs, and what it shows first begins the dialog in the network.
     * From any thread; it does not wait.
     *
     * @return why not: {@code heap_full}, {@code no_room_for_edrs}, {@link #NO_SCRIPT}, {@code
     *     too_many_dialogs} or {@code stopping}, as the counters of refused dialogs end; then
     *     nothing of it has happened. Empty: it runs, and its listener is told how it ends
     */
    public Optional<String> push(PushedDialog push) {
        if (!heap.getAsBoolean()) {
            return refuse("heap_full");
        }
        if (!room.getAsBoolean()) {
            return refuse("no_room_for_edrs");
        }
        LuaService service = service(DialogKind.PUSHED);
        Optional<Claim> claim = service == null ? Optional.empty() : service.claim(push);
        if (claim.isEmpty()) {
            return refuse(NO_SCRIPT);
        }
        DialogRun run = run(claim.get(), push.link(), push.listener());
        return switch (open.admit(run)) {
            case ADMITTED -> {
                push.link().receiver(run);
                start(run);
                yield Optional.empty();
            }
            case FULL -> refuse("too_many_dialogs");
            case STOPPING -> refuse("stopping");
        };
    }

    /** Whether the script that may be pushed by this key is switched off now. */
    public boolean isSwitchedOff(String pushed) {
        LuaService service = service(DialogKind.PUSHED);
        return service != null && service.isOff(pushed);
    }

    /** It waits for another time, so no line of the log tells it. */
    private Optional<String> refuse(String cause) {
        counters.increment(REFUSED + cause);
        return Optional.of(cause);
    }

    @Override
    public int maxDialogs() {
        return open.max();
    }

    private Optional<Claim> claim(Opening opening) {
        LuaService service = service(opening.kind());
        return service == null ? Optional.empty() : service.claim(opening);
    }

    private @Nullable LuaService service(DialogKind kind) {
        for (LuaService service : services) {
            if (service.kind() == kind) {
                return service;
            }
        }
        return null;
    }

    @Override
    public BitSet hidden(DialogKind kind, @Nullable String text, @Nullable String msisdn) {
        LuaService service = service(kind);
        return service == null ? new BitSet() : service.hidden(text, msisdn);
    }

    private DialogRun run(Claim claim, DialogLink link, DialogListener own) {
        DialogIdentity identity =
                new DialogIdentity(
                        instanceIds.next(),
                        claim.opening(),
                        claim.script().name(),
                        claim.script().version(),
                        claim.edrStream());
        DialogListener listener = observers.begun(identity).and(own);
        DialogServices services =
                new DialogServices(
                        identity,
                        listener,
                        around,
                        shares.of(claim.script().name(), claim.shares()),
                        claim.shares(),
                        claim.zone());
        return new DialogRun(
                claim,
                link,
                identity,
                listener,
                services,
                new DialogRun.Surroundings(around.time(), around.nodes(), counters));
    }

    /** If there is no thread for a dialog, it never runs, and leaves nothing behind. */
    private DialogLink.Receiver start(DialogRun run) {
        around.time().activity().begin();
        try {
            Thread.ofVirtual().name("dialog").start(() -> live(run));
        } catch (RuntimeException | Error e) {
            open.remove(run);
            around.time().activity().end();
            throw e;
        }
        return run;
    }

    private void live(DialogRun run) {
        try {
            run.run();
        } catch (RuntimeException | Error e) {
            run.broken(e);
        } finally {
            open.remove(run);
            run.closeMailbox();
            around.time().activity().end();
        }
    }

    /**
     * What the triggers were asked with, for whoever wonders why none matched; without what may be
     * a secret.
     */
    private String asked(Opening opening) {
        Address msisdn = opening.msisdn();
        String digits = msisdn == null ? null : msisdn.digits();
        BitSet hidden = hidden(opening.kind(), opening.text(), digits);
        return " for \"%s\" from %s to SSN %d"
                .formatted(
                        LogText.of(Mask.of(opening.text(), hidden)),
                        digits == null ? "no number" : LogText.of(digits),
                        opening.local().ssn());
    }

    private DialogLink.Receiver refuse(
            Opening opening, DialogLink link, int errorCode, String cause) {
        return refuse(opening, link, errorCode, cause, () -> "");
    }

    private DialogLink.Receiver refuse(
            Opening opening,
            DialogLink link,
            int errorCode,
            String cause,
            Supplier<String> details) {
        counters.increment(REFUSED + cause);
        if (limited.mayWrite(Level.INFO, cause, RateLimitedLog.FULL_LINES)) {
            log.info(
                    "{} a {} dialog is refused, {}{}: answered with ReturnError {}",
                    new DialogTids(link.localTid(), opening.remoteTid()),
                    opening.kind().word(),
                    cause.replace('_', ' '),
                    details.get(),
                    errorCode);
        }
        try {
            link.send(new Outgoing.Refuse(errorCode))
                    .ifPresent(why -> counters.increment("dialogs.undelivered"));
        } catch (DialogGoneException e) {
            log.debug("{} ended before it could be refused", link.localTid());
        }
        return message ->
                log.debug("{} came after the refusal: {}", link.localTid(), message.words());
    }

    @Override
    public void refused(Refusal refusal) {
        counters.increment(REFUSED + refusal.cause().word());
        Level level = refusal.fault() == null ? Level.WARN : Level.ERROR;
        if (limited.mayWrite(level, refusal.cause().word(), RateLimitedLog.FULL_LINES)) {
            log.atLevel(level)
                    .setCause(refusal.fault())
                    .log(
                            "{} {}",
                            new DialogTids(refusal.localTid(), refusal.remoteTid()),
                            refusal.text());
        }
    }

    /** The dialogs that run, and the limit on them. */
    private static final class OpenDialogs {
        /** So many of those that do not end are named. */
        private static final int NAMED = 3;

        private final Set<DialogRun> runs = ConcurrentHashMap.newKeySet();
        private final AtomicInteger count = new AtomicInteger();
        private final int max;
        private final StopClock stopClock;
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition empty = lock.newCondition();
        private volatile boolean stopping;
        private final AtomicInteger hurries = new AtomicInteger();
        private String whyNotLonger = "";

        /** Whether a dialog may run. */
        enum Admission {
            ADMITTED,
            FULL,
            STOPPING
        }

        OpenDialogs(int max, StopClock stopClock) {
            this.max = max;
            this.stopClock = stopClock;
        }

        int max() {
            return max;
        }

        int count() {
            return count.get();
        }

        Admission admit(DialogRun run) {
            if (stopping) {
                return Admission.STOPPING; // and whoever waits for fewer sees no other number
            }
            if (count.incrementAndGet() > max) {
                oneLess();
                return Admission.FULL;
            }
            runs.add(run);
            if (stopping) {
                remove(run);
                return Admission.STOPPING;
            }
            return Admission.ADMITTED;
        }

        void remove(DialogRun run) {
            runs.remove(run);
            oneLess();
        }

        private void oneLess() {
            if (count.decrementAndGet() == 0 && stopping) {
                lock.lock();
                try {
                    empty.signalAll();
                } finally {
                    lock.unlock();
                }
            }
        }

        /** None is admitted from now on. */
        Stop stop(Duration timeout) throws InterruptedException {
            stopping = true;
            if (awaitEmpty(timeout, () -> hurries.get() > 0)) {
                return new Stop(0, 0);
            }
            int aborted = count.get();
            int hurriesBefore = hurries.get();
            long began = stopClock.nanos().getAsLong();
            runs.forEach(run -> run.stop("the engine stops"));
            Duration killTime = stopClock.killTime();
            while (true) {
                int before = count.get();
                Duration left = stopClock.total().minusNanos(stopClock.nanos().getAsLong() - began);
                if (awaitEmpty(left.compareTo(killTime) < 0 ? left : killTime, () -> false)) {
                    return new Stop(aborted, 0);
                }
                if (left.compareTo(killTime) <= 0) {
                    whyNotLonger =
                            "the stop waits for their end no longer than %s"
                                    .formatted(words(stopClock.total()));
                } else if (count.get() >= before) {
                    whyNotLonger = "in the last %s none of them ended".formatted(words(killTime));
                } else if (hurries.get() > hurriesBefore) {
                    whyNotLonger = "another signal came meanwhile";
                } else {
                    continue;
                }
                return new Stop(aborted, count.get());
            }
        }

        private static String words(Duration time) {
            return Measure.DURATION.format(time.toMillis());
        }

        /** Why a stop that left dialogs behind did not wait longer: a clause. */
        String whyNotLonger() {
            return whyNotLonger;
        }

        /** Some of those that run. */
        String some() {
            return runs.stream().limit(NAMED).map(DialogRun::toString).collect(joining(", "));
        }

        /** A stop waits no longer for dialogs to finish. */
        void hurry() {
            hurries.incrementAndGet();
            lock.lock();
            try {
                empty.signalAll();
            } finally {
                lock.unlock();
            }
        }

        private boolean awaitEmpty(Duration timeout, BooleanSupplier over)
                throws InterruptedException {
            LongSupplier clock = stopClock.nanos();
            long began = clock.getAsLong();
            lock.lock();
            try {
                while (count.get() > 0) {
                    long left = timeout.toNanos() - (clock.getAsLong() - began);
                    if (left <= 0 || over.getAsBoolean()) {
                        return false;
                    }
                    var _ = empty.awaitNanos(left);
                }
                return true;
            } finally {
                lock.unlock();
            }
        }
    }

    /** Dialogs as a whole: the section {@code dialogs} of the rules file. */
    @Settings(value = "Limits on all dialogs together.", restart = true)
    public record DialogSettings(
            @Key(
                            value =
                                    "How many dialogs may be open at once. More are refused. Running ones are not affected.",
                            unset = "250000",
                            from = "1",
                            to = "10000000")
                    int max,
            @Key(
                            value =
                                    "How much of the heap may be in use after a garbage collection. Above this, new dialogs are refused (ReturnError 34, systemFailure) until there is room again. The heap is what Java is given, for example by USSD_JAVA_OPTIONS=-Xmx4g; otherwise a quarter of the machine's memory.",
                            unset = "85%",
                            from = "10%",
                            to = "100%")
                    int maxHeap,
            @Key(
                            value =
                                    "When the engine stops: how long it waits for running dialogs to finish.",
                            unset = "30s",
                            from = "0s",
                            to = "1d")
                    Duration stopTimeout) {}
}
