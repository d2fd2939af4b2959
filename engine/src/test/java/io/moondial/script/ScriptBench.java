package io.moondial.script;

import io.moondial.channel.NodeAddress;
import io.moondial.config.LocatedYaml;
import io.moondial.config.Problems;
import io.moondial.config.Section;
import io.moondial.config.WrittenSettings;
import io.moondial.dialog.DialogEvent.ScreenOptions;
import io.moondial.dialog.FarDialog.Outcome;
import io.moondial.dialog.PrimitiveResult;
import io.moondial.lang.LanguageSources;
import io.moondial.lang.TextSettings;
import io.moondial.modules.BuiltInModules;
import io.moondial.script.ScriptOutcome.ScriptFault;
import io.moondial.script.ScriptRun.Control;
import io.moondial.script.api.ApiModule;
import io.moondial.script.api.Backend;
import io.moondial.script.api.Backends;
import io.moondial.script.api.FarDialogs;
import io.moondial.script.api.Phase;
import io.moondial.script.api.ScriptDialog;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import io.moondial.time.SystemTime;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/**
 * A place to run one script after another, with a dialog and services that write down what came.
 */
final class ScriptBench implements ScriptDialog, ScriptServices {
    static final ScriptLimits LIMITS =
            new ScriptLimits(10_000_000, 16 << 20, Duration.ofMinutes(10));

    private static final String RULES =
            """
            http: {upstreams: {billing: {url: "http://127.0.0.1"}}}
            sql: {databases: {bank: {url: "jdbc:postgresql://127.0.0.1/bank"}}}
            push: {route: hlr, scripts: [survey]}
            ussd: {nodes: {old_gateway: {global_title: "27829000003"}}}
            """;

    private static final Map<String, List<String>> GIVENS =
            Map.of(
                    "push",
                    List.of(
                            "27829000001 completed",
                            "27829000002 answers 1",
                            "27761485722 completed"),
                    "http",
                    List.of(
                            "GET billing /accounts/27761485722?currency=KES answers 200 {\"balance\":\"12.50\"}",
                            "POST billing /topups answers 201 {\"id\":1}",
                            "PUT billing /languages/27761485722 answers 204",
                            "PATCH billing /accounts/27761485722 answers 204",
                            "DELETE billing /subscriptions/news%2F1 answers 204"),
                    "sql",
                    List.of(
                            "bank \"SELECT name, balance FROM accounts WHERE msisdn = :msisdn\" answers [{\"name\":\"Ann\",\"balance\":12.50}]",
                            "bank \"SELECT name, balance FROM accounts WHERE id = :id\" answers [{\"name\":\"Ann\",\"balance\":12.50}]",
                            "bank \"SELECT balance FROM accounts WHERE id = :id\" answers [{\"balance\":12.50}]",
                            "bank \"UPDATE accounts SET name = :name WHERE id = :id\" answers 1",
                            "bank \"UPDATE accounts SET balance = balance - :sum WHERE id = 1\" answers 1",
                            "bank \"UPDATE accounts SET balance = balance + :sum WHERE id = 2\" answers 1"));

    private final Path folder;
    private final ScriptHost host;
    private final Backends backends;
    private final Map<String, Object> request = new LinkedHashMap<>();
    private final Deque<Supplier<PrimitiveResult>> answers = new ArrayDeque<>();
    final List<String> primitives = new ArrayList<>();
    final List<String> log = new ArrayList<>();
    final List<String> edrs = new ArrayList<>();
    final List<String> counted = new ArrayList<>();
    final List<Duration> pauses = new ArrayList<>();
    final Control control = new Control();
    ScriptLimits limits = LIMITS;
    String instanceId = "Test-1-00000001";
    ScriptGlobals globals = ScriptGlobals.NONE;
    TextSettings texts = TextSettings.DEFAULTS;
    LanguageSources languages = LanguageSources.NONE;
    Phase phase = Phase.PROCESS;
    long nanos;

    /** Whether primitives wait for others before they come to their results. */
    boolean waits = true;

    ScriptBench(Path folder) {
        this(folder, BuiltInModules.create());
    }

    ScriptBench(Path folder, List<ApiModule> modules) {
        this.folder = folder;
        this.host = new ScriptHost(modules, 2);
        this.backends = standIns(host.api());
    }

    /** A node with one menu, whatever it is asked. */
    @Override
    public FarDialogs farDialogs() {
        return new FarDialogs() {
            @Override
            public int open() {
                return 0;
            }

            @Override
            public Duration timeout() {
                return Duration.ofSeconds(30);
            }

            @Override
            public @Nullable NodeAddress relay() {
                return null;
            }

            @Override
            public Leg prepare(Request request) {
                return new OneMenu();
            }
        };
    }

    private static final class OneMenu implements FarDialogs.Leg {
        private static final UssdString NOTHING = new UssdString(Dcs.UNSPECIFIED, new byte[0]);

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public CompletableFuture<Outcome> begin(Duration timeout) {
            return CompletableFuture.completedFuture(
                    new Outcome.Shown(1, true, NOTHING, "1. Balance"));
        }

        @Override
        public CompletableFuture<Outcome> answer(
                @Nullable String text,
                @Nullable String mask,
                @Nullable Integer dcs,
                Duration timeout) {
            return CompletableFuture.completedFuture(
                    new Outcome.Finished(NOTHING, "Your balance is 5"));
        }

        @Override
        public CompletableFuture<Outcome> fail(int code, Duration timeout) {
            return CompletableFuture.completedFuture(new Outcome.Errored(code));
        }

        @Override
        public @Nullable Outcome ended() {
            return null;
        }

        @Override
        public void tell() {}

        @Override
        public void close() {}
    }

    /** Puts a file into the folder. */
    ScriptBench file(String name, String lua) {
        return file(name, lua.getBytes(StandardCharsets.UTF_8));
    }

    ScriptBench file(String name, byte[] content) {
        try {
            Path file = folder.resolve(name);
            Files.createDirectories(file.getParent());
            Files.write(file, content);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    ScriptBench request(String name, Object value) {
        request.put(name, value);
        return this;
    }

    /** What the next primitive comes to. */
    ScriptBench answer(PrimitiveResult result) {
        answers.add(() -> result);
        return this;
    }

    ScriptBench answer(Supplier<PrimitiveResult> result) {
        answers.add(result);
        return this;
    }

    /** Drops the answers that nobody has been asked for. */
    void forgetAnswers() {
        answers.clear();
    }

    ScriptRelease compile() {
        return host.compile(folder, null, texts);
    }

    /** What the examples of {@code t} need. */
    ScriptBench withTexts() {
        texts = WrittenSettings.settings(TextSettings.class, "bucket: language");
        return file("lang/en.yaml", "welcome: Welcome\nbalance: \"You have {amount}.\"\n")
                .file("lang/sw.yaml", "welcome: Karibu\nbalance: \"Una {amount}.\"\n");
    }

    ScriptHost host() {
        return host;
    }

    /** Runs {@code main.lua} with this content. */
    ScriptOutcome run(String lua) {
        file("main.lua", lua);
        return runMain();
    }

    ScriptOutcome runMain() {
        ScriptRelease release = compile();
        Script script =
                release.script("main")
                        .orElseThrow(() -> new AssertionError(release.problems().toString()));
        return script.run(newRun());
    }

    ScriptRun newRun() {
        return new ScriptRun(() -> request, this, limits, globals, instanceId, this, control);
    }

    /** What the script returned, as text. */
    @Nullable String textOf(String lua) {
        return switch (run(lua)) {
            case ScriptOutcome.Returned returned -> returned.text();
            case ScriptOutcome.Failed failed ->
                    throw new AssertionError(failed.fault().toString(), failed.fault().cause());
        };
    }

    /** What is said of a script that does not compile, or does not come to its end. */
    String errorOf(String lua) {
        file("main.lua", lua);
        ScriptRelease release = compile();
        return release.problems().isEmpty()
                ? faultOf(lua).text()
                : release.problems().getFirst().toString();
    }

    /** Why the script did not come to its end. */
    ScriptFault faultOf(String lua) {
        return switch (run(lua)) {
            case ScriptOutcome.Returned returned ->
                    throw new AssertionError("returned " + returned.text());
            case ScriptOutcome.Failed failed -> failed.fault();
        };
    }

    @Override
    public LanguageSources languageSources() {
        return languages;
    }

    @Override
    public boolean hasWaited() {
        return waits;
    }

    @Override
    public Phase phase() {
        return phase;
    }

    @Override
    public void await(CompletableFuture<?> call, Patience patience) {
        call.join();
    }

    @Override
    public PrimitiveResult menu(String text, ScreenOptions options) {
        PrimitiveResult result = primitive("menu " + text + describe(options));
        return result instanceof PrimitiveResult.Done ? new PrimitiveResult.Timeout() : result;
    }

    @Override
    public PrimitiveResult notify(String text, ScreenOptions options) {
        return primitive("notify " + text + describe(options));
    }

    private static String describe(ScreenOptions options) {
        return options.equals(ScreenOptions.NONE)
                ? ""
                : " [%s %s %s%s]"
                        .formatted(
                                options.timeout(),
                                options.dcs(),
                                options.secret(),
                                options.mask() == null ? "" : " " + options.mask());
    }

    @Override
    public PrimitiveResult respond(String text, @Nullable String mask) {
        return primitive("respond " + text + (mask == null ? "" : " [" + mask + "]"));
    }

    @Override
    public PrimitiveResult defer(String text, @Nullable String mask) {
        return primitive("defer " + text + (mask == null ? "" : " [" + mask + "]"));
    }

    @Override
    public String errorMessage() {
        return "Service unavailable";
    }

    @Override
    public PrimitiveResult decline(int errorCode) {
        return primitive("decline " + errorCode);
    }

    @Override
    public PrimitiveResult close() {
        return primitive("close");
    }

    @Override
    public PrimitiveResult abort() {
        return primitive("abort");
    }

    private PrimitiveResult primitive(String what) {
        primitives.add(what);
        return answers.isEmpty() ? new PrimitiveResult.Done() : answers.remove().get();
    }

    /** Stand-ins that are given what the examples of the reference ask for. */
    @Override
    public Backends backends() {
        return backends;
    }

    private static Backends standIns(List<ApiModule> modules) {
        Problems problems = new Problems(Path.of("rules.yaml"));
        Section rules =
                new Section(
                        LocatedYaml.read(
                                        new ByteArrayInputStream(
                                                RULES.getBytes(StandardCharsets.UTF_8)),
                                        problems)
                                .orElseThrow(),
                        problems);
        return Backends.standIns(
                new Backends.Sections(modules).read(rules, "", Map.of()),
                module ->
                        new Backend.TestWorld(
                                SystemTime.ofProcess(),
                                Path.of(""),
                                GIVENS.getOrDefault(module, List.of()),
                                fault -> {
                                    throw new AssertionError(fault);
                                },
                                false));
    }

    @Override
    public void log(Level level, String message) {
        log.add(level + " " + message);
    }

    @Override
    public void writeEdr(String event, Map<String, List<String>> fields, @Nullable String stream) {
        edrs.add(event + " " + fields + " " + stream);
    }

    @Override
    public void increment(String name) {
        counted.add(name);
    }

    /** Time passes at once. */
    @Override
    public CompletableFuture<?> after(Duration time) {
        pauses.add(time);
        return CompletableFuture.completedFuture(true);
    }

    @Override
    public Instant now() {
        return Instant.parse("2021-09-30T05:00:54.079Z");
    }

    @Override
    public ZoneId zone() {
        return ZoneOffset.ofHours(2);
    }

    @Override
    public long nanoTime() {
        return nanos;
    }
}
