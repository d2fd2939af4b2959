package io.moondial.script;

import io.moondial.dialog.DialogEvent.ScreenOptions;
import io.moondial.dialog.PrimitiveResult;
import io.moondial.modules.BuiltInModules;
import io.moondial.script.ScriptRun.Control;
import io.moondial.script.api.Phase;
import io.moondial.script.api.ScriptDialog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/** A dialog without a network, whose menus are answered by what the benchmark says. */
record BenchDialog(Supplier<PrimitiveResult> answer) implements ScriptDialog, ScriptServices {
    private static final ScriptLimits LIMITS =
            new ScriptLimits(10_000_000, 16 << 20, Duration.ofMinutes(10));
    private static final Map<String, Object> REQUEST =
            Map.of("text", "*140#", "msisdn", "27761485722", "msisdn_noa", 1, "local_ssn", 6);

    /** Compiles one script as it would be in a script folder. */
    static Script compile(String lua) throws IOException {
        Path folder = Files.createTempDirectory("moondial-bench");
        Path file = Files.writeString(folder.resolve("main.lua"), lua);
        try {
            ScriptHost host =
                    new ScriptHost(
                            BuiltInModules.create(), Runtime.getRuntime().availableProcessors());
            return host.compile(folder).script("main").orElseThrow();
        } finally {
            Files.delete(file);
            Files.delete(folder);
        }
    }

    ScriptRun newRun() {
        return new ScriptRun(
                () -> REQUEST,
                this,
                LIMITS,
                ScriptGlobals.NONE,
                "Bench-1-00000001",
                this,
                new Control());
    }

    @Override
    public Phase phase() {
        return Phase.PROCESS;
    }

    @Override
    public void await(CompletableFuture<?> call, Patience patience) {
        call.join();
    }

    @Override
    public PrimitiveResult menu(String text, ScreenOptions options) {
        return answer.get();
    }

    @Override
    public PrimitiveResult notify(String text, ScreenOptions options) {
        return answer.get();
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

    @Override
    public void log(Level level, String message) {}

    @Override
    public void writeEdr(String event, Map<String, List<String>> fields, @Nullable String stream) {}

    @Override
    public void increment(String name) {}

    @Override
    public Instant now() {
        return Instant.EPOCH;
    }

    @Override
    public ZoneId zone() {
        return ZoneOffset.UTC;
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }
}
