package io.moondial.dialogtest.language;

import io.moondial.handset.Subscribers.Reaction;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One scripted test.
 *
 * @param file the file that it is in
 * @param at its first line
 * @param name unique in the file
 * @param skip why it is not run; null: it is
 * @param sameDialog whether it goes on where the test above it ended
 * @param steps with those of the block before it
 */
public record DialogTest(
        DialogFile file,
        DialogFile.Lines at,
        String name,
        List<String> tags,
        @Nullable String skip,
        boolean sameDialog,
        Given given,
        List<Step> steps) {
    public DialogTest {
        tags = List.copyOf(tags);
        steps = List.copyOf(steps);
    }

    /** Where it is, as a person looks for it. */
    public String place() {
        return file.name() + ':' + at.first();
    }

    /**
     * The settings that a test begins with, as far as they differ.
     *
     * @param time what the clock says; null: as always
     * @param seed of the scripts' random numbers; null: as always
     * @param globals of the rules, with other values
     * @param modules the givens of the stand-ins of modules
     * @param handsets what happens to dialogs that the engine begins
     */
    public record Given(
            @Nullable Clock time,
            @Nullable Long seed,
            List<Global> globals,
            List<ToModule> modules,
            List<OfHandset> handsets) {
        /** Nothing differs. */
        public static final Given NOTHING = new Given(null, null, List.of(), List.of(), List.of());

        /** A clock alone. */
        static Given of(Clock time) {
            return new Given(time, null, List.of(), List.of(), List.of());
        }

        /** A seed alone. */
        static Given of(long seed) {
            return new Given(null, seed, List.of(), List.of(), List.of());
        }

        /** A global alone. */
        static Given of(Global global) {
            return new Given(null, null, List.of(global), List.of(), List.of());
        }

        /** A given of a module alone. */
        static Given of(ToModule module) {
            return new Given(null, null, List.of(), List.of(module), List.of());
        }

        /** A given of a handset alone. */
        static Given of(OfHandset handset) {
            return new Given(null, null, List.of(), List.of(), List.of(handset));
        }

        /**
         * What the clock says, and where.
         *
         * @param offset from UTC; null: the time is local
         */
        public record Clock(LocalDateTime time, @Nullable ZoneOffset offset) {
            /**
             * The time, in the zone of local dates.
             *
             * @param zone that of the rules; null: they name none. Then it is the offset, or UTC
             */
            public ZonedDateTime in(@Nullable ZoneId zone) {
                if (offset == null) {
                    return time.atZone(zone == null ? ZoneOffset.UTC : zone);
                }
                return time.atOffset(offset).atZoneSameInstant(zone == null ? offset : zone);
            }
        }

        /**
         * A global with a value of the test's own.
         *
         * @param path its name, and the keys within it
         * @param value a string, Long, Double or Boolean
         */
        public record Global(DialogFile.Lines at, List<String> path, Object value) {
            public Global {
                path = List.copyOf(path);
            }

            /** As it is written. */
            public String name() {
                return String.join(".", path);
            }
        }

        /**
         * A given of the stand-in of a module.
         *
         * @param text what follows the module's name
         */
        public record ToModule(DialogFile.Lines at, String module, String text) {}

        /**
         * What happens to a dialog that the engine begins with a number; after the last of a
         * number, to all that follow.
         *
         * @param msisdn digits of an international number
         */
        public record OfHandset(DialogFile.Lines at, String msisdn, Reaction reaction) {}

        /** Where the given stands that a stand-in objects to in these words; empty: in none. */
        public Optional<DialogFile.Lines> objected(String fault) {
            return modules.stream()
                    .filter(it -> fault.startsWith("given " + it.module + " " + it.text + ": "))
                    .findFirst()
                    .map(ToModule::at);
        }

        public Given {
            globals = List.copyOf(globals);
            modules = List.copyOf(modules);
            handsets = List.copyOf(handsets);
        }

        /** The other, and this one for what the other leaves out. */
        Given with(Given other) {
            Map<String, Global> merged = new LinkedHashMap<>();
            globals.forEach(global -> merged.put(global.name(), global));
            other.globals.forEach(global -> merged.put(global.name(), global));
            return new Given(
                    other.time != null ? other.time : time,
                    other.seed != null ? other.seed : seed,
                    List.copyOf(merged.values()),
                    Stream.concat(modules.stream(), other.modules.stream()).toList(),
                    Stream.concat(handsets.stream(), other.handsets.stream()).toList());
        }

        /** The givens of the stand-in of a module, in the order of the lines. */
        public List<String> textsFor(String module) {
            return modules.stream()
                    .filter(it -> it.module().equals(module))
                    .map(ToModule::text)
                    .toList();
        }

        /** Whether the rules' globals stay as they are. */
        public boolean rulesStay() {
            return globals.isEmpty();
        }

        /** The values alone, in which two tests may agree. */
        public Map<String, Object> values() {
            Map<String, Object> values = new LinkedHashMap<>();
            globals.forEach(it -> values.put(it.name(), Objects.requireNonNull(it.value())));
            return values;
        }
    }
}
