package io.moondial.dialogtest.run;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.moondial.Rules;
import io.moondial.channel.Channel;
import io.moondial.channel.NodeOpener;
import io.moondial.dialog.DialogFact;
import io.moondial.dialog.DialogFact.Sending;
import io.moondial.dialog.DialogKind;
import io.moondial.dialogtest.language.DialogTest.Given;
import io.moondial.dialogtest.language.Recorded.PassingIds;
import io.moondial.dialogtest.language.SecretDigits;
import io.moondial.dialogtest.language.Step;
import io.moondial.dialogtest.run.TestResult.Trouble;
import io.moondial.edr.Edr;
import io.moondial.edr.InstanceIds;
import io.moondial.handset.Screen;
import io.moondial.logic.DialogEnvironment;
import io.moondial.logic.DialogIdentity;
import io.moondial.logic.DialogObserver;
import io.moondial.logic.LuaService;
import io.moondial.logic.ServiceDesk;
import io.moondial.metrics.Counters;
import io.moondial.modules.menu.MenuModule;
import io.moondial.modules.push.PushStandIn;
import io.moondial.push.PushRecords;
import io.moondial.push.Pushes;
import io.moondial.script.api.Backend;
import io.moondial.script.api.Backends;
import io.moondial.text.LogText;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;

/**
 * The engine as one test has it: a desk of its own, its own clock, and everything that happens
 * kept. It begins the same whenever and wherever the test is run.
 */
final class TestEngine {
    /** The time of the clock, if the test does not set it. */
    private static final Given.Clock START =
            new Given.Clock(LocalDateTime.parse("2026-01-05T08:00:00"), ZoneOffset.UTC);

    /** Instance id, transaction id, script. */
    private static final int IDENTITY_WORDS = 3;

    /** How much that goes wrong in the dialogs of one test is told. */
    private static final int MAX_TROUBLES = 100;

    /** Stands before transaction ids of the engine: handsets may have the same. */
    private static final String ENGINES = "engine ";

    private static final Sending UNKNOWN = new Sending("", false, false);

    private final VirtualTime time;
    private final ServiceDesk desk;
    private final AtomicLong seed;
    private final Backends backends;
    private final Queue<String> faults = new ConcurrentLinkedQueue<>();
    private final Queue<Trouble> troubles = new ConcurrentLinkedQueue<>();
    private final AtomicInteger troubled = new AtomicInteger();
    private final LogLines log;
    private final Counters counters = new Counters();
    private final List<Edr> records = new CopyOnWriteArrayList<>();
    private final Map<String, DialogIdentity> begun = new ConcurrentHashMap<>();
    private final Map<String, List<Sending>> sent = new ConcurrentHashMap<>();

    /** The numbers that can be pushed to without a fault of the test. */
    private final Set<String> reached = ConcurrentHashMap.newKeySet();

    /** Null: the rules have no pushes. */
    private final @Nullable TestPushes pushes;

    /**
     * An engine at its beginning.
     *
     * @param network where it pushes
     * @param folder what names in givens are relative to
     */
    TestEngine(
            Rules rules,
            List<LuaService> services,
            Given given,
            Path folder,
            Channel network,
            VirtualTime.Rest rest,
            LogLines log) {
        this.log = log;
        log.clear();
        time =
                new VirtualTime(
                        Objects.requireNonNullElse(given.time(), START).in(rules.timeZone()), rest);
        seed = new AtomicLong(Objects.requireNonNullElse(given.seed(), 1L));
        backends =
                Backends.standIns(
                        rules.modules(),
                        module ->
                                new Backend.TestWorld(
                                        time, folder, given.textsFor(module), faults::add, true));
        pushes = rules.push().isOn() ? new TestPushes(rules, time) : null;
        DialogObserver observer = DialogObserver.always(this::told);
        DialogEnvironment around =
                new DialogEnvironment(
                        time,
                        log.loggers(),
                        () -> OptionalLong.of(seed.getAndIncrement()),
                        backends,
                        NodeOpener.NOWHERE,
                        pushes == null
                                ? observer
                                : DialogObserver.all(List.of(observer, pushes.observer())));
        InstanceIds ids = new InstanceIds(rules.edr().appName(), time.now(), new Random(1));
        desk =
                new ServiceDesk(
                        (stream, edr) -> records.add(edr),
                        () -> true,
                        ids,
                        counters,
                        around,
                        rules.dialogs().max());
        desk.serve(services);
        if (pushes != null) {
            PushRecords events =
                    new PushRecords(
                            (stream, edr) -> records.add(edr),
                            () -> rules.process().edrStream(),
                            ids,
                            time);
            pushes.follow(events);
            given.handsets().forEach(it -> reached.add(it.msisdn()));
            pushes.start(network, desk, counters, (PushStandIn) orders(), reached::contains);
        }
    }

    /** What orders go to, those of scripts and those of the test. */
    private Pushes orders() {
        return backends.get(Pushes.class);
    }

    /** From now on a handset has this number: it can be pushed to. */
    void reaches(String msisdn) {
        reached.add(msisdn);
    }

    /** Whether it may push. */
    boolean hasPushes() {
        return pushes != null;
    }

    /** Orders a push; the result says why it is not accepted, empty: it is. */
    Optional<String> order(String msisdn, Step.Ordered what, String text) {
        return TestPushes.order(orders(), msisdn, what, text);
    }

    /** How the pushes to a number are, to go behind a sentence; empty: there are none. */
    String pushesTo(String msisdn) {
        return pushes == null ? "" : pushes.to(msisdn);
    }

    private void told(DialogIdentity dialog, Instant at, DialogFact fact) {
        switch (fact) {
            case DialogFact.Begun b -> begun.put(dialog.opening().remoteTid(), dialog);
            case DialogFact.BegunTowards(int attempt, String tid) ->
                    begun.put(ENGINES + tid, dialog);
            case Sending sending ->
                    sent.computeIfAbsent(dialog.instanceId(), it -> new CopyOnWriteArrayList<>())
                            .add(sending);
            case DialogFact.ScriptLogged logged -> logged(dialog, logged);
            case DialogFact.ScriptWarned(String place, String text) ->
                    wentWrong(dialog, "WARN " + text, place);
            case DialogFact.Undelivered(String why) ->
                    wentWrong(dialog, "WARN undelivered: " + why, "");
            case DialogFact.Broken(Throwable fault) ->
                    wentWrong(dialog, "ERROR internal fault: " + fault, "");
            case DialogFact.Failed(String exception) ->
                    wentWrong(dialog, "the dialog failed: " + exception, "");
            default -> {}
        }
    }

    private void logged(DialogIdentity dialog, DialogFact.ScriptLogged logged) {
        String text = logged.text();
        if (text.startsWith(MenuModule.BEGINS_ANEW)) {
            troubles.add(new Trouble(dialog.instanceId(), LogText.of(text), "", true));
        } else if (logged.level().compareTo(DialogFact.Level.WARN) >= 0) {
            wentWrong(dialog, logged.level() + " " + text, logged.place());
        }
    }

    private void wentWrong(DialogIdentity dialog, String text, String place) {
        int before = troubled.getAndIncrement();
        if (before < MAX_TROUBLES) {
            troubles.add(new Trouble(dialog.instanceId(), LogText.of(text), place, false));
        } else if (before == MAX_TROUBLES) {
            String more = "more than that is not shown here; 'log' steps find it";
            troubles.add(new Trouble(dialog.instanceId(), more, "", false));
        }
    }

    /** What has gone wrong in the dialogs since this was last asked. */
    List<Trouble> troubles() {
        return taken(troubles);
    }

    /** The givens of stand-ins that have answered nothing so far. */
    List<String> unused() {
        return backends.unused();
    }

    /** What stand-ins object to since they were last asked. */
    List<String> faults() {
        return taken(faults);
    }

    private static <T> List<T> taken(Queue<T> queue) {
        List<T> taken = new ArrayList<>();
        for (T it = queue.poll(); it != null; it = queue.poll()) {
            taken.add(it);
        }
        return taken;
    }

    /** What has been counted so far under a name: by scripts, or by the engine of their calls. */
    long counted(String name) {
        long own = counters.value(ServiceDesk.STAT + name);
        return own == 0 && name.startsWith(ServiceDesk.CALLS) ? counters.value(name) : own;
    }

    /** What is wrong with what a test says of a module; empty: nothing. */
    Optional<String> check(String module, boolean absent, String text) {
        return backends.check(module, absent, text);
    }

    ServiceDesk desk() {
        return desk;
    }

    VirtualTime time() {
        return time;
    }

    /** Every record so far. */
    List<Edr> records() {
        return records;
    }

    private @Nullable DialogIdentity dialog(TestHandset.Call call) {
        String engines = call.handset().engineTid();
        return begun.get(engines.isEmpty() ? call.handset().tid() : ENGINES + engines);
    }

    /** The instance id of the dialog that a handset is in; empty if no service claimed it. */
    String instanceOf(TestHandset.Call call) {
        DialogIdentity known = dialog(call);
        return known == null ? "" : known.instanceId();
    }

    /** What differs in every run and may be on a dialog's screens. */
    PassingIds idsOf(TestHandset.Call call) {
        DialogIdentity known = dialog(call);
        return known == null ? PassingIds.NONE : PassingIds.of(known.instanceId(), known.opening());
    }

    /** What began a dialog; what its trigger masks is replaced. */
    String recordable(
            TestHandset.Call call, DialogKind kind, String text, @Nullable String msisdn) {
        DialogIdentity known = dialog(call);
        return known != null && known.opening().mask() == null
                ? text
                : SecretDigits.dialled(text, desk.hidden(kind, text, msisdn));
    }

    /** The records of one dialog so far. */
    List<Edr> records(TestHandset.Call call) {
        String instance = instanceOf(call);
        return records.stream().filter(edr -> edr.instanceId().equals(instance)).toList();
    }

    /** The log of one dialog so far. */
    List<String> log(TestHandset.Call call) {
        String instance = instanceOf(call);
        return instance.isEmpty()
                ? List.of()
                : log.lines().stream()
                        .filter(line -> line.dialog().startsWith(instance + " "))
                        .map(LogLines.Line::text)
                        .toList();
    }

    /** The line of a script that sent a dialog's screen of this number; empty: not known. */
    String placeOf(TestHandset.Call call, int screen) {
        return sent(call, screen).place();
    }

    /** What of a dialog's screen of this number must be recorded nowhere. */
    Sending sending(TestHandset.Call call, int screen) {
        return sent(call, screen);
    }

    private Sending sent(TestHandset.Call call, int screen) {
        List<Sending> known = sent.getOrDefault(instanceOf(call), List.of());
        return screen >= 0 && screen < known.size() ? known.get(screen) : UNKNOWN;
    }

    /** The state of a dialog at rest, in words. */
    String situation(TestHandset.Call call) {
        if (call.isOver()) {
            return "the dialog is over";
        }
        List<String> coming = backends.coming();
        return now(call) + (coming.isEmpty() ? "" : "; " + String.join(", ", coming));
    }

    private String now(TestHandset.Call call) {
        String place = lastPlace(call);
        String waiting =
                call.open()
                        .map(Screen::word)
                        .map(word -> " for the answer to its " + word)
                        .orElse("");
        return place.isEmpty()
                ? "the dialog is open, and nothing has been sent in it"
                : "the script waits" + waiting + " at " + place;
    }

    /** The place from which the script of a dialog last sent something; empty: not known. */
    private String lastPlace(TestHandset.Call call) {
        List<Sending> known = sent.getOrDefault(instanceOf(call), List.of());
        return known.isEmpty() ? "" : known.getLast().place();
    }

    /** The keys of the scripts that have run to their end. */
    Set<String> scripts() {
        return log.lines().stream()
                .map(line -> line.dialog().split(" ", -1))
                .filter(identity -> identity.length == IDENTITY_WORDS)
                .map(identity -> identity[IDENTITY_WORDS - 1])
                .collect(Collectors.toSet());
    }

    /** Ends what still runs. */
    void end() throws InterruptedException {
        if (pushes != null) {
            pushes.stop();
        }
        if (desk.openDialogs() > 0) {
            desk.stop(Duration.ZERO);
        }
        backends.close();
    }

    /** Loggers whose lines are kept, those of all levels, and shown nowhere. */
    static final class LogLines {
        private final LoggerContext loggers = new LoggerContext();
        private final List<Line> lines = new CopyOnWriteArrayList<>();

        /**
         * A line of the log.
         *
         * @param dialog the identity that the line begins with; empty if it has none
         * @param text what follows it
         */
        record Line(String dialog, String text) {}

        LogLines() {
            Keeper keeper = new Keeper();
            keeper.setContext(loggers);
            keeper.start();
            var root = loggers.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
            root.setLevel(Level.TRACE);
            root.addAppender(keeper);
        }

        ILoggerFactory loggers() {
            return loggers;
        }

        /** All of them so far. */
        List<Line> lines() {
            return lines;
        }

        void clear() {
            lines.clear();
        }

        private final class Keeper extends AppenderBase<ILoggingEvent> {
            @Override
            protected void append(ILoggingEvent event) {
                Object[] arguments = event.getArgumentArray();
                String whole = event.getFormattedMessage();
                String dialog = arguments == null || arguments.length == 0 ? "" : arguments[0] + "";
                lines.add(
                        whole.startsWith(dialog + " ")
                                ? new Line(dialog, whole.substring(dialog.length() + 1))
                                : new Line("", whole));
            }
        }
    }
}
