package io.moondial.modules.sql;

import io.moondial.Configuration;
import io.moondial.dialog.DialogEvent.ScreenOptions;
import io.moondial.dialog.PrimitiveResult;
import io.moondial.modules.BuiltInModules;
import io.moondial.script.Script;
import io.moondial.script.ScriptGlobals;
import io.moondial.script.ScriptHost;
import io.moondial.script.ScriptHost.CompilationObserver;
import io.moondial.script.ScriptLimits;
import io.moondial.script.ScriptOutcome;
import io.moondial.script.ScriptRun;
import io.moondial.script.ScriptServices;
import io.moondial.script.api.ApiModule;
import io.moondial.script.api.Backend.Gauge;
import io.moondial.script.api.Backends;
import io.moondial.script.api.Phase;
import io.moondial.script.api.ScriptDialog;
import io.moondial.time.SystemTime;
import io.moondial.time.Time;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/** Scripts with real databases, and without a dialog. */
final class SqlBench implements AutoCloseable {
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(60);

    /** The modules that are built in, and this one. */
    static final List<ApiModule> MODULES =
            BuiltInModules.create().stream().anyMatch(it -> it.name().equals("sql"))
                    ? BuiltInModules.create()
                    : Stream.concat(BuiltInModules.create().stream(), Stream.of(SqlModule.create()))
                            .toList();

    private final Path folder;
    private final Time time;
    private final Backends backends;

    /** What {@code log.info} does beside. */
    volatile Consumer<String> logged = it -> {};

    volatile ScriptLimits limits = new ScriptLimits(10_000_000, 16 << 20, Duration.ofMinutes(10));

    /** What happens when a call has ended, before its script knows. */
    volatile Runnable ended = () -> {};

    final List<String> log = new CopyOnWriteArrayList<>();

    /** Calls with their outcomes. */
    final List<String> called = new CopyOnWriteArrayList<>();

    /** What a recording would have. */
    final List<String> givens = new CopyOnWriteArrayList<>();

    final Map<String, Object> request = new LinkedHashMap<>();

    SqlBench(Path folder, String sql) throws Exception {
        this(folder, sql, new SystemTime());
    }

    SqlBench(Path folder, String sql, Time time) throws Exception {
        this.folder = folder;
        this.time = time;
        backends = Backends.start(settings(folder, sql), time);
    }

    /** What the section says. */
    static Backends.Settings settings(Path folder, String sql) throws Exception {
        Path rules = folder.resolve("rules.yaml");
        Files.createDirectories(folder.resolve("scripts"));
        Files.writeString(folder.resolve("scripts/any.lua"), "return 'x'");
        Files.writeString(rules, "process: {triggers: [{script_key: any}]}\n" + sql);
        return Configuration.read(rules, CompilationObserver.NONE, MODULES).rules().modules();
    }

    void reload(String sql) throws Exception {
        backends.reload(settings(folder, sql));
    }

    List<String> gauges() {
        return backends.gauges().stream()
                .filter(it -> it.called().startsWith("sql."))
                .map(SqlBench::text)
                .toList();
    }

    private static String text(Gauge it) {
        return it.called()
                + " "
                + it.name()
                + " "
                + (it.word() == null ? Long.toString(it.value()) : it.word());
    }

    /** A script on its way. */
    final class Running {
        private final ScriptRun.Control control = new ScriptRun.Control();
        private final CompletableFuture<ScriptOutcome> outcome = new CompletableFuture<>();

        Running(String lua) throws Exception {
            Path scripts = Files.createTempDirectory(folder, "run");
            Files.writeString(scripts.resolve("main.lua"), lua);
            Script script =
                    new ScriptHost(MODULES, 2).compile(scripts).script("main").orElseThrow();
            ScriptRun run =
                    new ScriptRun(
                            () -> request,
                            new NoDialog(),
                            limits,
                            ScriptGlobals.NONE,
                            "Test-1-00000001",
                            new Services(),
                            control);
            Thread.ofVirtual()
                    .start(
                            () -> {
                                try {
                                    outcome.complete(script.run(run));
                                } catch (RuntimeException | Error e) {
                                    outcome.completeExceptionally(e);
                                }
                            });
        }

        void stop() {
            control.stop("the test says so");
        }

        ScriptOutcome outcome() throws Exception {
            return outcome.get(60, TimeUnit.SECONDS);
        }

        String text() throws Exception {
            return switch (outcome()) {
                case ScriptOutcome.Returned returned -> String.valueOf(returned.text());
                case ScriptOutcome.Failed failed -> failed.fault().text();
            };
        }
    }

    Running start(String lua) throws Exception {
        return new Running(lua);
    }

    /** What a script returns, or why it does not. */
    String run(String lua) throws Exception {
        return start(lua).text();
    }

    @Override
    public void close() {
        backends.close();
        time.close();
    }

    private final class Services implements ScriptServices {
        @Override
        public void log(Level level, String message) {
            log.add(message);
            logged.accept(message);
        }

        @Override
        public void writeEdr(
                String event, Map<String, List<String>> fields, @Nullable String stream) {
            throw new AssertionError("no record is written here");
        }

        @Override
        public void increment(String name) {
            throw new AssertionError("nothing is counted here");
        }

        @Override
        public void called(
                String name, String outcome, Duration took, Supplier<@Nullable String> given) {
            called.add(name + " " + outcome);
            String text = given.get();
            if (text != null) {
                givens.add(text);
            }
        }

        @Override
        public Backends backends() {
            return backends;
        }

        @Override
        public Instant now() {
            return time.now();
        }
    }

    /** No conversation; a wait ends with its call, or with the script. */
    private final class NoDialog implements ScriptDialog {
        @Override
        public Phase phase() {
            return Phase.PROCESS;
        }

        @Override
        public void await(CompletableFuture<?> call, Patience patience) {
            long began = System.nanoTime();
            while (!call.isDone()) {
                patience.left();
                LockSupport.parkNanos(100_000);
                if (System.nanoTime() - began > PATIENCE) {
                    throw new AssertionError("no answer");
                }
            }
            ended.run();
        }

        @Override
        public PrimitiveResult menu(String text, ScreenOptions options) {
            return new PrimitiveResult.Input("1234");
        }

        @Override
        public PrimitiveResult notify(String text, ScreenOptions options) {
            return new PrimitiveResult.Done();
        }

        @Override
        public PrimitiveResult respond(String text, @Nullable String mask) {
            return new PrimitiveResult.Done();
        }

        @Override
        public PrimitiveResult defer(String text, @Nullable String mask) {
            return respond(text, mask);
        }

        @Override
        public String errorMessage() {
            return "Service unavailable";
        }

        @Override
        public PrimitiveResult decline(int errorCode) {
            return new PrimitiveResult.Done();
        }

        @Override
        public PrimitiveResult close() {
            return new PrimitiveResult.Done();
        }

        @Override
        public PrimitiveResult abort() {
            return new PrimitiveResult.Done();
        }
    }

    /** All lines of a list as one. */
    static String lines(List<String> list) {
        return list.stream().collect(Collectors.joining("\n"));
    }
}
