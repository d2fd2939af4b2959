package io.moondial.script;

import static io.moondial.script.api.ApiFunction.ApiParameter.Type.ANY;
import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.config.LocatedYaml;
import io.moondial.config.Problems;
import io.moondial.config.Section;
import io.moondial.dialog.DialogEvent.ScreenOptions;
import io.moondial.dialog.PrimitiveResult;
import io.moondial.modules.BuiltInModules;
import io.moondial.script.FlowReference.Change;
import io.moondial.script.FlowReference.Crash;
import io.moondial.script.FlowReference.Kind;
import io.moondial.script.FlowReference.Step;
import io.moondial.script.FlowReference.World;
import io.moondial.script.ScriptRun.Control;
import io.moondial.script.api.ApiFunction.Effect;
import io.moondial.script.api.ApiModule;
import io.moondial.script.api.Backend;
import io.moondial.script.api.Backends;
import io.moondial.script.api.Phase;
import io.moondial.script.api.ScriptDialog;
import io.moondial.script.lua.Lua;
import io.moondial.time.HandMovedTime;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.event.Level;

/**
 * Random flows, and random subscribers who answer, mistype, go back and home, wait too long, give
 * up, dial again soon or late, and whose engine is killed or gets another version of the script.
 * Each screen is compared with what a reference says, which keeps the states of a flow by hand and
 * copies them where it has to come back to them.
 */
class FlowModelTest {
    private static final int PROGRAMS = 60;
    private static final int SUBSCRIBERS = 20;
    private static final int DIALOGS = 5;

    @TempDir Path folder;

    private static ApiModule module(World[] world) {
        return ApiModule.of("world", "The world.")
                .function(
                        "begin",
                        "Names a flow.",
                        f ->
                                f.effect(Effect.READ)
                                        .does("", (a, _) -> Lua.values((double) ++world[0].flows)))
                .function(
                        "read",
                        "Reads.",
                        f ->
                                f.effect(Effect.READ)
                                        .does(
                                                "",
                                                (a, _) ->
                                                        Lua.values(
                                                                Lua.text("r" + ++world[0].reads))))
                .function(
                        "note",
                        "Notes.",
                        f ->
                                f.mayTake("flow", ANY, "")
                                        .effect(Effect.RECORD)
                                        .does(
                                                "",
                                                (a, _) -> {
                                                    world[0].notes++;
                                                    return Lua.nothing();
                                                }))
                .function(
                        "change",
                        "Changes.",
                        f ->
                                f.mayTake("flow", ANY, "")
                                        .mayTake("step", ANY, "")
                                        .mayTake("key", ANY, "")
                                        .effect(Effect.CHANGE)
                                        .knownByKey()
                                        .does(
                                                "",
                                                (a, _) ->
                                                        Lua.values(
                                                                Lua.text(
                                                                        world[0].change(
                                                                                a.integer(1),
                                                                                a.integer(2),
                                                                                a.isNil(3)
                                                                                        ? null
                                                                                        : a.text(
                                                                                                3))))))
                .build();
    }

    // ---- the engine's side

    /** One subscriber, his dialogs, and the engine's view of the world. */
    private static final class Subscriber implements ScriptDialog, ScriptServices {
        final Random random;
        final HandMovedTime time;
        final Backends backends;
        final World world;
        final @Nullable FlowReference reference;
        final List<String> history = new ArrayList<>();
        int version;
        @Nullable AssertionError wrong;

        Subscriber(
                Random random,
                HandMovedTime time,
                Backends backends,
                World world,
                @Nullable FlowReference reference) {
            this.random = random;
            this.time = time;
            this.backends = backends;
            this.world = world;
            this.reference = reference;
        }

        void dial(Script script, int dialog) {
            world.asked = 0;
            int crash = random.nextInt(4) == 0 ? 1 + random.nextInt(2) : -1;
            world.crashAfter = crash;
            List<String> values = new ArrayList<>();
            for (int i = random.nextInt(3) == 0 ? 1 + random.nextInt(4) : 0; i > 0; i--) {
                values.add(List.of("1", "2", "12", "1", "x", "", "0").get(random.nextInt(7)));
            }
            if (!values.isEmpty() && values.getLast().isEmpty()) {
                values.add("2"); // behind a last star there is no value
            }
            if (reference != null) {
                reference.world.crashAfter = crash;
                reference.dial(version, time.now(), values);
            }
            String dialled = values.isEmpty() ? "*1#" : "*1*" + String.join("*", values) + "#";
            history.add("dial " + values + ", version " + version + ", crash after " + crash);
            open = true;
            ScriptOutcome outcome =
                    script.run(
                            new ScriptRun(
                                    () -> Map.of("msisdn", "27761485722", "text", dialled),
                                    this,
                                    ScriptLimits.DEFAULTS,
                                    ScriptGlobals.NONE,
                                    "Test-" + dialog,
                                    this,
                                    new Control()));
            if (wrong != null) {
                throw wrong;
            }
            String text =
                    switch (outcome) {
                        case ScriptOutcome.Returned returned -> String.valueOf(returned.text());
                        case ScriptOutcome.Failed failed
                                when failed.fault().cause() instanceof Crash ->
                                "crash";
                        case ScriptOutcome.Failed failed ->
                                throw new AssertionError(
                                        failed.fault().toString(), failed.fault().cause());
                    };
            if (open) {
                history.add("end " + text);
                compare(text);
            }
        }

        private boolean open;

        /** Compares what the engine shows with what the reference shows, if there is one. */
        private void compare(String text) {
            if (reference != null) {
                assertThat(text).isEqualTo(expected(reference));
            }
        }

        private String expected(FlowReference of) {
            try {
                return of.run(version, time.now());
            } catch (Crash e) {
                return "crash";
            }
        }

        @Override
        public PrimitiveResult menu(String text, ScreenOptions options) {
            try {
                compare(text);
            } catch (AssertionError e) {
                wrong = e;
                throw new Crash();
            }
            history.add("screen " + text.replace("\n", " / "));
            time.pass(Duration.ofSeconds(random.nextInt(20)));
            int what = random.nextInt(40);
            if (what == 0) {
                history.add("crash");
                open = false;
                throw new Crash();
            }
            if (what <= 2) {
                history.add(what == 1 ? "timeout" : "abandon");
                if (reference != null) {
                    reference.keep(version, time.now());
                }
                if (what == 1) {
                    last = "late";
                    return new PrimitiveResult.Timeout();
                }
                open = false;
                return new PrimitiveResult.Abandon();
            }
            String answer =
                    switch (random.nextInt(9)) {
                        case 0 -> "0";
                        case 1 -> "00";
                        case 2 -> "x";
                        case 3, 4 -> "1234";
                        case 5 -> "2";
                        case 6 -> "12";
                        default -> "1";
                    };
            history.add("answer " + answer);
            last = reference == null ? null : reference.answer(answer);
            return new PrimitiveResult.Input(answer);
        }

        private @Nullable String last;

        @Override
        public PrimitiveResult respond(String text, @Nullable String mask) {
            history.add("respond " + text);
            if (reference != null && !text.equals(last)) {
                wrong = new AssertionError("last screen " + text + " for " + last);
            }
            open = false;
            return new PrimitiveResult.Done();
        }

        @Override
        public PrimitiveResult notify(String text, ScreenOptions options) {
            throw new AssertionError(text);
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
            throw new AssertionError(errorCode);
        }

        @Override
        public PrimitiveResult close() {
            throw new AssertionError("close");
        }

        @Override
        public PrimitiveResult abort() {
            throw new AssertionError("abort");
        }

        @Override
        public Phase phase() {
            return open ? Phase.PROCESS : Phase.PROCESS_ENDED;
        }

        @Override
        public void await(CompletableFuture<?> call, Patience patience) {
            call.join();
        }

        @Override
        public Backends backends() {
            return backends;
        }

        @Override
        public void log(Level level, String message) {
            history.add(level + " " + message);
        }

        @Override
        public void writeEdr(
                String event, Map<String, List<String>> fields, @Nullable String stream) {
            throw new AssertionError(event);
        }

        @Override
        public void increment(String name) {
            throw new AssertionError(name);
        }

        @Override
        public Instant now() {
            return time.now();
        }

        @Override
        public long nanoTime() {
            return time.nanos();
        }
    }

    private static Backends standIns(List<ApiModule> modules, HandMovedTime time) {
        Problems problems = new Problems(Path.of("rules.yaml"));
        Section rules =
                new Section(
                        LocatedYaml.read(
                                        new ByteArrayInputStream(
                                                "http: {}".getBytes(StandardCharsets.UTF_8)),
                                        problems)
                                .orElseThrow(),
                        problems);
        return Backends.standIns(
                new Backends.Sections(modules).read(rules, "", Map.of()),
                module ->
                        new Backend.TestWorld(
                                time,
                                Path.of(""),
                                List.of(),
                                fault -> {
                                    throw new AssertionError(fault);
                                },
                                false));
    }

    @Test
    void no_change_is_made_twice_and_every_screen_is_the_one_of_the_reference() throws Exception {
        walk(BuiltInModules.create(), null, Integer.getInteger("moondial.programs", PROGRAMS));
    }

    @Test
    void no_change_is_made_twice_whatever_becomes_of_the_store() throws Exception {
        FailingStore store = new FailingStore();
        walk(store.modules(), store, Integer.getInteger("moondial.programs", PROGRAMS));
    }

    /**
     * Random subscribers walk through random programs.
     *
     * @param store fails now and then; its failures are not the reference's, so that screens are
     *     not compared. null: none fails
     */
    private void walk(List<ApiModule> built, @Nullable FailingStore store, int programs)
            throws Exception {
        World[] world = {new World()};
        List<ApiModule> modules = Stream.concat(built.stream(), Stream.of(module(world))).toList();
        ScriptHost host = new ScriptHost(modules, 2);
        long base = Long.getLong("moondial.seed", 1);
        int screens = 0;
        int changes = 0;
        for (long seed = base; seed < base + programs; seed++) {
            Random random = new Random(seed);
            List<Step> steps = FlowReference.program(random);
            boolean hasBack = random.nextInt(5) > 0;
            String texts = FlowReference.texts(random);
            Files.createDirectories(folder.resolve("lang"));
            Files.writeString(folder.resolve("lang/en.yaml"), texts);
            Script[] versions = new Script[2];
            for (int version = 0; version < versions.length; version++) {
                Files.writeString(
                        folder.resolve("main.lua"),
                        FlowReference.lua(steps, hasBack, version, texts));
                ScriptRelease release = host.compile(folder);
                assertThat(release.problems()).as("seed %d", seed).isEmpty();
                versions[version] = release.script("main").orElseThrow();
            }
            for (int i = 0; i < SUBSCRIBERS; i++) {
                world[0] = new World();
                HandMovedTime time = new HandMovedTime();
                if (store != null) {
                    store.stored = null;
                }
                try (Backends backends = standIns(modules, time)) {
                    FlowReference reference =
                            store == null ? new FlowReference(steps, hasBack) : null;
                    Subscriber subscriber =
                            new Subscriber(random, time, backends, world[0], reference);
                    try {
                        run(subscriber, versions, store);
                        assertThat(twice(world[0].changes, steps)).isEmpty();
                    } catch (AssertionError e) {
                        throw new AssertionError(
                                "%s\nseed %d, subscriber %d\n%s\n%s\n%s"
                                        .formatted(
                                                e.getMessage(),
                                                seed,
                                                i,
                                                FlowReference.lua(steps, hasBack, 0, texts),
                                                texts,
                                                String.join("\n", subscriber.history)),
                                e);
                    }
                    screens +=
                            (int)
                                    subscriber.history.stream()
                                            .filter(it -> it.startsWith("screen"))
                                            .count();
                    changes += world[0].changes.size();
                }
            }
        }
        assertThat(screens).isGreaterThan(programs * SUBSCRIBERS);
        assertThat(changes).isGreaterThan(programs * SUBSCRIBERS);
    }

    private static void run(
            Subscriber subscriber, Script[] versions, @Nullable FailingStore store) {
        Random random = subscriber.random;
        for (int dialog = 0; dialog < DIALOGS; dialog++) {
            if (store != null) {
                store.fail(random);
            }
            subscriber.dial(versions[subscriber.version], dialog);
            FlowReference reference = subscriber.reference;
            if (reference != null) {
                assertThat(subscriber.world.changes).isEqualTo(reference.world.changes);
                assertThat(subscriber.world.reads).isEqualTo(reference.world.reads);
                assertThat(subscriber.world.notes).isEqualTo(reference.world.notes);
            }
            subscriber.time.pass(
                    Duration.ofSeconds(random.nextInt(5) == 0 ? 150 : random.nextInt(90)));
            if (random.nextInt(8) == 0) {
                subscriber.version = 1 - subscriber.version;
            }
        }
    }

    /** The changes of one flow that were made more than once, though they are not repeatable. */
    private static List<Change> twice(List<Change> changes, List<Step> steps) {
        return changes.stream()
                .filter(it -> steps.get(it.step() - 1).kind() != Kind.REPEATABLE)
                .filter(it -> changes.indexOf(it) != changes.lastIndexOf(it))
                .toList();
    }
}
