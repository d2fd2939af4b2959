package io.moondial.script.api;

import io.moondial.config.NamedFile;
import io.moondial.config.Schema;
import io.moondial.config.Section;
import io.moondial.config.SettingsWriter;
import io.moondial.config.Structure;
import io.moondial.script.api.ApiFunction.OptionUse;
import io.moondial.time.Time;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The {@link Backend}s that run, in one engine or in one dialog test. */
public final class Backends implements AutoCloseable {
    /** None run. */
    public static final Backends NONE = new Backends(List.of());

    private final List<Started<?, ?>> started;

    private Backends(List<Started<?, ?>> started) {
        this.started = List.copyOf(started);
    }

    /** One that runs: the real one, or what a dialog test has. */
    private static final class Started<S extends Record, T> implements AutoCloseable {
        private final String module;
        private final Backend<S, T> backend;
        private final T running;
        private final Backend.@Nullable StandIn<T> standIn;
        private S settings;

        /**
         * One that runs.
         *
         * @param standIn what runs, in a dialog test; null: the real one runs
         */
        Started(Settings.Of<S, T> of, T running, Backend.@Nullable StandIn<T> standIn) {
            this.module = of.module();
            this.backend = of.backend();
            this.settings = of.values();
            this.running = running;
            this.standIn = standIn;
        }

        /** Takes over its settings; the result takes them back, null: they do not differ. */
        @Nullable Runnable reload(Settings next) {
            S before = settings;
            for (Settings.Of<?, ?> it : next.modules()) {
                if (it.module().equals(module) && !it.values().equals(before)) {
                    @SuppressWarnings("unchecked") // a module's settings are of one type
                    S after = (S) it.values();
                    backend.reload(running, before, after);
                    settings = after;
                    return () -> {
                        backend.reload(running, after, before);
                        settings = before;
                    };
                }
            }
            return null;
        }

        List<Backend.Gauge> gauges() {
            return backend.gauges(running);
        }

        Stream<String> unused() {
            return standIn == null
                    ? Stream.of()
                    : standIn.unused().stream().map(it -> "given " + module + " " + it);
        }

        Stream<String> coming() {
            return standIn == null ? Stream.of() : standIn.coming().stream();
        }

        Optional<String> check(boolean absent, String text) {
            return Objects.requireNonNull(standIn, "only stand-ins are checked")
                    .check(absent, text);
        }

        @Override
        public void close() {
            if (standIn == null) {
                backend.stop(running);
            } else {
                standIn.close();
            }
        }
    }

    /** What the rules say of the modules that have a backend. */
    public record Settings(List<Of<?, ?>> modules) {
        /** No module has a backend. */
        public static final Settings NONE = new Settings(List.of());

        /** What they say of one module. */
        record Of<S extends Record, T>(String module, Backend<S, T> backend, S values) {
            private static <S extends Record, T> Of<S, T> read(
                    String module, Backend<S, T> backend, Section section) {
                return new Of<>(module, backend, backend.settings().read(section));
            }

            /** What says the same is equal, whatever backend has read it. */
            @Override
            public boolean equals(@Nullable Object other) {
                return other instanceof Of<?, ?> that
                        && module.equals(that.module)
                        && values.equals(that.values);
            }

            @Override
            public int hashCode() {
                return values.hashCode();
            }

            private void print(SettingsWriter out) {
                out.section(module, () -> backend.settings().print(out, values));
            }

            private void printUnset(SettingsWriter out, Path file) {
                out.section(module, () -> backend.settings().printUnset(out, file, values));
            }

            private Started<S, T> start(Time time) {
                return new Started<>(this, backend.start(values, time), null);
            }

            private Started<S, T> standIn(Backend.TestWorld world) {
                Backend.StandIn<T> standIn = backend.standIn(values, world);
                return new Started<>(this, standIn.running(), standIn);
            }

            private Optional<String> objection(String function, List<@Nullable String> literals) {
                return backend.objection(values, function, literals);
            }

            private Optional<String> objection(OptionUse use) {
                return backend.objection(values, use);
            }
        }

        public Settings {
            modules = List.copyOf(modules);
        }

        /** The files that have a value of them, such as a password. */
        public Set<Path> files() {
            return modules.stream()
                    .flatMap(it -> NamedFile.in(it.values()).stream())
                    .collect(Collectors.toSet());
        }

        /**
         * What is wrong with a call in a script, as {@link Backend#objection(Record, String, List)}
         * says.
         */
        public Optional<String> objection(
                String module, String function, List<@Nullable String> literals) {
            return settings(module).flatMap(it -> it.objection(function, literals));
        }

        /** The same for a call that a function of a module makes by itself. */
        public Optional<String> objection(OptionUse use) {
            return settings(use.module()).flatMap(it -> it.objection(use));
        }

        /** What they say of a module, for the engine itself; empty: there is no such module. */
        public <S extends Record> Optional<S> values(String module, Class<S> type) {
            return settings(module).map(it -> type.cast(it.values()));
        }

        private Optional<Of<?, ?>> settings(String module) {
            return modules.stream().filter(it -> it.module().equals(module)).findFirst();
        }
    }

    /** The sections of the rules file that modules have: one of each that has a backend. */
    public static final class Sections implements Structure<Settings> {
        private final Map<String, Backend<?, ?>> backends = new LinkedHashMap<>();

        public Sections(List<ApiModule> modules) {
            for (ApiModule module : modules) {
                Backend<?, ?> backend = module.backend();
                if (backend != null) {
                    backends.put(module.name(), backend);
                }
            }
        }

        @Override
        public Settings read(Section root, String key, Map<String, @Nullable Object> before) {
            List<Settings.Of<?, ?>> read = new ArrayList<>();
            backends.forEach(
                    (name, backend) ->
                            read.add(Settings.Of.read(name, backend, root.section(name))));
            return new Settings(read);
        }

        @Override
        public void print(SettingsWriter out, String key, Settings settings) {
            settings.modules().forEach(it -> it.print(out));
        }

        @Override
        public void printUnset(SettingsWriter out, Path file, Settings settings) {
            settings.modules().forEach(it -> it.printUnset(out, file));
        }

        @Override
        public String allowed() {
            return "sections";
        }

        @Override
        public Map<String, Schema<?>> sections() {
            Map<String, Schema<?>> sections = new LinkedHashMap<>();
            backends.forEach((name, backend) -> sections.put(name, backend.settings()));
            return sections;
        }
    }

    /**
     * Starts the backends of an engine. If one cannot be started, those that were started before it
     * are stopped.
     */
    public static Backends start(Settings settings, Time time) {
        return start(settings, it -> it.start(time));
    }

    /**
     * Starts the stand-ins of a dialog test.
     *
     * @param world what the stand-in of the module of this name finds around it
     */
    public static Backends standIns(Settings settings, Function<String, Backend.TestWorld> world) {
        return start(settings, it -> it.standIn(world.apply(it.module())));
    }

    private static Backends start(
            Settings settings, Function<Settings.Of<?, ?>, Started<?, ?>> start) {
        List<Started<?, ?>> started = new ArrayList<>();
        try {
            for (Settings.Of<?, ?> it : settings.modules()) {
                started.add(start.apply(it));
            }
        } catch (RuntimeException | Error e) {
            try {
                stop(started);
            } catch (RuntimeException | Error another) {
                e.addSuppressed(another);
            }
            throw e;
        }
        return new Backends(started);
    }

    /**
     * The one of this type.
     *
     * @throws IllegalStateException if no module has it
     */
    public <T> T get(Class<T> type) {
        for (Started<?, ?> it : started) {
            if (it.backend.type() == type) {
                return type.cast(it.running);
            }
        }
        throw new IllegalStateException("no backend " + type + " runs here");
    }

    /**
     * Goes on with these settings where they differ: all of them, or none.
     *
     * @return the modules whose settings differ
     * @throws Backend.BackendException if one cannot work with its settings
     */
    public List<String> reload(Settings settings) {
        List<String> changed = new ArrayList<>();
        Deque<Runnable> back = new ArrayDeque<>();
        try {
            for (Started<?, ?> it : started) {
                Runnable undo = it.reload(settings);
                if (undo != null) {
                    changed.add(it.module);
                    back.push(undo);
                }
            }
        } catch (RuntimeException | Error e) {
            back.forEach(Runnable::run);
            throw e;
        }
        return changed;
    }

    /** How all of them stand. */
    public List<Backend.Gauge> gauges() {
        return started.stream().flatMap(it -> it.gauges().stream()).toList();
    }

    /**
     * Checks a line of a dialog test, see {@link Backend.StandIn#check}.
     *
     * @throws NoSuchElementException if no module of this name has a backend
     */
    public Optional<String> check(String module, boolean absent, String text) {
        return started.stream()
                .filter(it -> it.module.equals(module))
                .findFirst()
                .orElseThrow()
                .check(absent, text);
    }

    /** The givens of a dialog test that have answered nothing so far, as its lines have them. */
    public List<String> unused() {
        return started.stream().flatMap(Started::unused).toList();
    }

    /** What stand-ins have yet to say, see {@link Backend.StandIn#coming}. */
    public List<String> coming() {
        return started.stream().flatMap(Started::coming).toList();
    }

    /** Stops them, from the last to the first, each even if others fail. */
    @Override
    public void close() {
        stop(started);
    }

    private static void stop(List<Started<?, ?>> started) {
        if (!started.isEmpty()) {
            try (Started<?, ?> _ = started.getFirst()) {
                stop(started.subList(1, started.size()));
            }
        }
    }
}
