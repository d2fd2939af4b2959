package io.moondial.script.api;

import io.moondial.config.Schema;
import io.moondial.config.Section;
import io.moondial.config.SettingsWriter;
import io.moondial.config.Structure;
import io.moondial.time.Time;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The {@link Backend}s that run, in one engine or in one dialog test. */
public final class Backends implements AutoCloseable {
    /** None run. */
    public static final Backends NONE = new Backends(List.of());

    private final List<Started<?>> started;

    private Backends(List<Started<?>> started) {
        this.started = List.copyOf(started);
    }

    private record Started<T>(Backend<?, T> backend, T running) implements AutoCloseable {
        @Override
        public void close() {
            backend.stop(running);
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

            private void print(SettingsWriter out) {
                out.section(module, () -> backend.settings().print(out, values));
            }

            private Started<T> start(Time time) {
                return new Started<>(backend, backend.start(values, time));
            }

            private Started<T> standIn(Backend.TestWorld world) {
                return new Started<>(backend, backend.standIn(values, world));
            }
        }

        public Settings {
            modules = List.copyOf(modules);
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
            Settings settings, Function<Settings.Of<?, ?>, Started<?>> start) {
        List<Started<?>> started = new ArrayList<>();
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
        for (Started<?> it : started) {
            if (it.backend().type() == type) {
                return type.cast(it.running());
            }
        }
        throw new IllegalStateException("no backend " + type + " runs here");
    }

    /** Stops them, from the last to the first, each even if others fail. */
    @Override
    public void close() {
        stop(started);
    }

    private static void stop(List<Started<?>> started) {
        if (!started.isEmpty()) {
            try (Started<?> _ = started.getFirst()) {
                stop(started.subList(1, started.size()));
            }
        }
    }
}
