package io.moondial.logic;

import static java.util.Objects.requireNonNull;
import static org.awaitility.Awaitility.await;

import io.moondial.Configuration;
import io.moondial.ConfigurationException;
import io.moondial.channel.Address;
import io.moondial.channel.Channel.NotBegunException;
import io.moondial.channel.DialogLink.DialogGoneException;
import io.moondial.channel.NodeLink;
import io.moondial.channel.OutgoingRequest;
import io.moondial.channel.embedded.EmbeddedNetwork;
import io.moondial.channel.ss7.FarSide;
import io.moondial.channel.ss7.Message;
import io.moondial.channel.ss7.Message.Component;
import io.moondial.channel.ss7.Message.Operation;
import io.moondial.channel.ss7.MessageDesk.Begin;
import io.moondial.channel.ss7.MessageLink;
import io.moondial.config.Schema;
import io.moondial.config.WrittenSettings;
import io.moondial.dialog.DialogFact;
import io.moondial.dialog.DialogSetup.OnError;
import io.moondial.edr.Edr;
import io.moondial.edr.InstanceIds;
import io.moondial.edr.spec.EdrSpec;
import io.moondial.handset.Handset;
import io.moondial.handset.Screen;
import io.moondial.history.DialogHistory;
import io.moondial.history.History;
import io.moondial.history.HistorySettings;
import io.moondial.history.KeptDialog;
import io.moondial.metrics.Counters;
import io.moondial.modules.BuiltInModules;
import io.moondial.rules.Globals;
import io.moondial.rules.NotifySettings;
import io.moondial.rules.ProcessSettings;
import io.moondial.rules.Trigger;
import io.moondial.rules.TriggerTable;
import io.moondial.rules.Triggers;
import io.moondial.script.ScriptHost;
import io.moondial.script.ScriptHost.CompilationObserver;
import io.moondial.script.ScriptRelease;
import io.moondial.script.ScriptSettings;
import io.moondial.script.api.Backends;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import io.moondial.text.UssdString.UnsendableText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.assertj.core.api.Assertions;
import org.jspecify.annotations.Nullable;

/**
 * A desk with one script behind it on a live embedded network: real handsets, real messages, and
 * the records kept.
 */
final class LiveDesk implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Map<Handset, BlockingQueue<Screen>> SCREENS = new ConcurrentHashMap<>();
    private static final EdrSpec SPEC = EdrSpec.builtIn();
    private static final String STREAM = "ussd";

    /** A record of this name cannot be written: a fault of the engine's. */
    static final String FAULT = "FAULT";

    /** Limits, and a breaker that no test meets by chance. */
    static final ScriptSettings SCRIPT_RULES =
            WrittenSettings.settings(
                    ScriptSettings.class,
                    "max_instructions: 50000000",
                    "max_kills: 1000000",
                    "max_kills_time: 1h",
                    "switch_off_time: 1h");

    final List<Edr> records = new CopyOnWriteArrayList<>();
    final Queue<DialogFact> facts = new ConcurrentLinkedQueue<>();
    final DialogHistory history =
            new DialogHistory(WrittenSettings.settings(HistorySettings.class));

    /** How long a pushed notify waits. */
    volatile Duration notifyTimeout = PATIENCE;

    private final List<String> flaws = new CopyOnWriteArrayList<>();
    final AtomicBoolean roomForEdrs = new AtomicBoolean(true);
    final Counters counters = new Counters();
    final GatedTime time = new GatedTime();
    private final BlockingQueue<Opened> opened = new LinkedBlockingQueue<>();
    private final Backends backends;
    final ServiceDesk desk;
    final EmbeddedNetwork network;
    private final Path folder;
    private final ScriptSettings scriptRules;
    private final ScriptHost host =
            new ScriptHost(BuiltInModules.create(), Runtime.getRuntime().availableProcessors());

    /** A desk where everything dialled, and everything pushed, runs this script. */
    static LiveDesk running(Path folder, String lua) {
        return new LiveDesk(folder, lua, Trigger.Conditions.NONE, 1_000);
    }

    /** The same beside other nodes: one is {@code old}, and no link leads to {@code nowhere}. */
    static LiveDesk besideNodes(Path folder, String lua)
            throws IOException, ConfigurationException {
        Files.writeString(folder.resolve("main.lua"), lua);
        Path rules =
                Files.writeString(
                        folder.resolve("rules.yaml"),
                        """
                        process: {script_dir: ".", triggers: [{script_key: main}]}
                        kv: {store: memory}
                        ussd: {nodes: {old: {point_code: 1, ssn: 8}, nowhere: {point_code: 9, ssn: 8}}}
                        """);
        Backends.Settings modules =
                Configuration.read(rules, CompilationObserver.NONE, BuiltInModules.create())
                        .rules()
                        .modules();
        return new LiveDesk(folder, lua, Trigger.Conditions.NONE, 1_000, SCRIPT_RULES, modules);
    }

    LiveDesk(Path folder, String lua, Trigger.Conditions conditions, int maxDialogs) {
        this(folder, lua, conditions, maxDialogs, SCRIPT_RULES);
    }

    LiveDesk(
            Path folder,
            String lua,
            Trigger.Conditions conditions,
            int maxDialogs,
            ScriptSettings scriptRules) {
        this(folder, lua, conditions, maxDialogs, scriptRules, Backends.Settings.NONE);
    }

    private LiveDesk(
            Path folder,
            String lua,
            Trigger.Conditions conditions,
            int maxDialogs,
            ScriptSettings scriptRules,
            Backends.Settings modules) {
        this.folder = folder;
        this.scriptRules = scriptRules;
        backends = Backends.start(modules, time);
        desk =
                new ServiceDesk(
                        this::keep,
                        roomForEdrs::get,
                        new InstanceIds("Logic", time.now(), new Random(1)),
                        counters,
                        DialogEnvironment.at(
                                time,
                                backends,
                                this::open,
                                DialogObserver.all(
                                        List.of(
                                                DialogObserver.always(
                                                        (dialog, at, fact) -> facts.add(fact)),
                                                history))),
                        maxDialogs);
        serve(lua, conditions);
        network = new EmbeddedNetwork(List.of(6, 147), 100_000);
        network.start(desk);
        network.receiveAsNode(
                (begin, link) -> {
                    opened.add(new Opened(begin, link));
                    return _ -> {};
                });
    }

    private NodeLink open(OutgoingRequest request, NodeLink.Receiver receiver)
            throws NotBegunException {
        return network.open(request, receiver);
    }

    private void keep(String stream, Edr edr) {
        if (edr.event().equals(FAULT)) {
            throw new IllegalStateException("as the test asked for");
        }
        flaws.addAll(SPEC.check(edr));
        records.add(edr);
    }

    void serve(String lua, Trigger.Conditions conditions) {
        serve(lua, conditions, OnError.ABORT);
    }

    void serve(String lua, Trigger.Conditions conditions, OnError onError) {
        serve(lua, conditions, onError, Trigger.Overrides.NONE);
    }

    void serve(
            String lua,
            Trigger.Conditions conditions,
            OnError onError,
            Trigger.Overrides overrides) {
        serve(
                lua,
                new TriggerTable(List.of(new Trigger(1, "main", conditions, overrides))),
                onError);
    }

    void serve(String lua, TriggerTable triggers) {
        serve(lua, triggers, OnError.ABORT);
    }

    private void serve(String lua, TriggerTable triggers, OnError onError) {
        ScriptRelease release = compile(lua);
        ProcessSettings process = dialled(folder, "on_error: " + onError.word());
        desk.serve(
                List.of(
                        LuaService.dialled(process.with(triggers), release, scriptRules, null),
                        LuaService.notified(
                                notified(folder).with(triggers), release, scriptRules, null),
                        LuaService.pushed(
                                process, List.of("main"), release, host, scriptRules, null)));
    }

    /** The section {@code process} with these keys, without triggers. */
    static ProcessSettings dialled(Path scripts, String... keys) {
        return WrittenSettings.settings(
                service(ProcessSettings.class),
                "script_dir: " + scripts,
                "error_message: Service unavailable",
                String.join("\n", keys));
    }

    private static NotifySettings notified(Path scripts) {
        return WrittenSettings.settings(
                service(NotifySettings.class), "script_dir: " + scripts, "edr_stream: " + STREAM);
    }

    private static <R extends Record> Schema<R> service(Class<R> type) {
        return Schema.of(
                type,
                new Triggers.OfAnswers(UnaryOperator.identity()),
                new Triggers.OfNotifies(UnaryOperator.identity()),
                new Globals(Set.of()));
    }

    private ScriptRelease compile(String lua) {
        try {
            Files.writeString(folder.resolve("main.lua"), lua);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ScriptRelease release = host.compile(folder);
        Assertions.assertThat(release.problems()).isEmpty();
        return release;
    }

    Handset dial(String code) {
        return begin(Operation.PROCESS_UNSTRUCTURED_SS_REQUEST, code, 6);
    }

    Handset push(String text) {
        return begin(Operation.UNSTRUCTURED_SS_NOTIFY, text, 6);
    }

    Handset begin(int operation, String text, int ssn) {
        try {
            UssdString ussd = UssdString.encode(text, Dcs.UNSPECIFIED);
            return begin(
                    new FarSide.Call(
                            operation,
                            ussd,
                            Address.international("27761485722"),
                            null,
                            null,
                            ssn));
        } catch (UnsendableText e) {
            throw new AssertionError(e);
        }
    }

    Handset begin(FarSide.Call call) {
        BlockingQueue<Screen> screens = new LinkedBlockingQueue<>();
        Handset handset = Handset.begin(network, call, screens::add);
        SCREENS.put(handset, screens);
        return handset;
    }

    /** Has the script pushed, to a handset that is at home; gives that once it has been reached. */
    Handset reach() {
        BlockingQueue<Handset> reached = new LinkedBlockingQueue<>();
        network.receive(
                (begin, link) -> {
                    BlockingQueue<Screen> screens = new LinkedBlockingQueue<>();
                    Handset handset =
                            Handset.begun(begin, link, (screen, received) -> screens.add(screen));
                    SCREENS.put(handset, screens);
                    reached.add(handset);
                    return handset.receiver();
                });
        Assertions.assertThat(push(new PushedDialog.OfScript("main", null))).isEmpty();
        try {
            return requireNonNull(
                    reached.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS),
                    () -> "nobody was reached: " + facts);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Has this pushed; gives why not. */
    Optional<String> push(PushedDialog.Content content) {
        return desk.push(
                new PushedDialog(
                        "P-1",
                        "27761485722",
                        content,
                        new OneAttempt(network),
                        DialogListener.NOBODY,
                        notifyTimeout,
                        6));
    }

    /** A dialog that a script has opened, as the node sees it. */
    record Opened(Begin begin, MessageLink link) {
        /** The node ends it with this component, or with none. */
        void end(Component... components) throws DialogGoneException {
            link.send(new Message.End(List.of(components)));
        }

        /** The node goes on with these. */
        void say(Component... components) throws DialogGoneException {
            link.send(new Message.Continue(List.of(components)));
        }
    }

    /** The next dialog that a script opens. */
    Opened opened() throws InterruptedException {
        return requireNonNull(
                opened.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS), "no dialog was opened");
    }

    /** Waits until a record of this event is there. */
    void awaitRecord(String event) {
        await().atMost(PATIENCE)
                .until(() -> records.stream().anyMatch(it -> it.event().equals(event)));
    }

    static Screen next(Handset handset) {
        try {
            Screen screen =
                    requireNonNull(SCREENS.get(handset))
                            .poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            if (screen == null) {
                throw new AssertionError("no screen came");
            }
            return screen;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** The last of the screens that have come and nobody has taken; null for none. */
    static @Nullable Screen lastOf(Handset handset) {
        Screen last = null;
        BlockingQueue<Screen> screens = requireNonNull(SCREENS.get(handset));
        for (Screen screen = screens.poll(); screen != null; screen = screens.poll()) {
            last = screen;
        }
        return last;
    }

    static Screen.Menu menu(Handset handset) {
        return (Screen.Menu) next(handset);
    }

    /** Answers the next menu; gives its invoke id. */
    static int answer(Handset handset, String text) {
        Screen.Menu menu = menu(handset);
        try {
            handset.answer(menu, text);
            return menu.invokeId();
        } catch (UnsendableText | DialogGoneException e) {
            throw new AssertionError(e);
        }
    }

    /** Waits until no dialog is left anywhere: not at the desk, nor in either stack. */
    void settle() {
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> {
                            Assertions.assertThat(desk.openDialogs()).isZero();
                            Assertions.assertThat(network.openDialogs()).isZero();
                            Assertions.assertThat(network.openHandsetDialogs()).isZero();
                        });
        Assertions.assertThat(flaws).as("records that are not as edr-spec says").isEmpty();
    }

    /** The records after the first, each as its event and its fields without times and ids. */
    List<String> told() {
        settle();
        return records.stream().skip(1).map(LiveDesk::brief).toList();
    }

    static String brief(Edr edr) {
        StringBuilder brief = new StringBuilder(edr.event());
        edr.fields().forEach(f -> brief.append(' ').append(f.name()).append('=').append(f.text()));
        return brief.toString();
    }

    @Override
    public void close() {
        try {
            desk.stop(Duration.ZERO);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        network.close();
        backends.close();
        checkHistory();
        time.close();
    }

    /** Whatever way dialogs went, their histories say so, and have their records as written. */
    private void checkHistory() {
        Map<String, List<Edr>> byDialog =
                records.stream()
                        .collect(
                                Collectors.groupingBy(
                                        Edr::instanceId, LinkedHashMap::new, Collectors.toList()));
        byDialog.forEach(
                (instanceId, written) ->
                        history.find(instanceId).ifPresent(it -> check(it, written)));
    }

    private static void check(KeptDialog dialog, List<Edr> written) {
        History whole = dialog.history();
        if (whole.leftOut() > 0) {
            return;
        }
        List<History.Entry> entries = whole.entries();
        Assertions.assertThat(entries.stream().map(History.Entry::record).filter(Objects::nonNull))
                .containsExactlyElementsOf(written);
        Assertions.assertThat(entries.getFirst().kind())
                .isEqualTo(
                        dialog.identity().opening().pushId() == null
                                ? History.Kind.DIALLED
                                : History.Kind.PUSHED);
        Assertions.assertThat(entries.stream().filter(it -> it.kind() == History.Kind.END).toList())
                .singleElement()
                .satisfies(
                        end ->
                                Assertions.assertThat(end.outcome())
                                        .isEqualTo(
                                                Objects.requireNonNull(dialog.outcome()).word()));
    }
}
