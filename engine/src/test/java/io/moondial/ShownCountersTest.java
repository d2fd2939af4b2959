package io.moondial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.SoftAssertions.assertSoftly;

import io.moondial.logic.DialogObserver;
import io.moondial.metrics.Counters;
import io.moondial.metrics.Exposition.Family;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.MethodModel;
import java.lang.classfile.constantpool.LoadableConstantEntry;
import java.lang.classfile.constantpool.MethodHandleEntry;
import java.lang.classfile.constantpool.StringEntry;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Holds what Prometheus gets to the counters that the engine's classes can count: each is shown,
 * and nothing is kept out of {@code ussd_events_total} that is no counter. The names are those in
 * the compiled classes.
 */
class ShownCountersTest {
    private static final SortedSet<String> COUNTED = new CountedNames().all();

    @TempDir static Path folder;
    private static Set<String> families;
    private static String scrape;

    @BeforeAll
    static void count_each_once() throws Exception {
        Files.createDirectories(folder.resolve("scripts"));
        Files.writeString(folder.resolve("rules.yaml"), "process: {triggers: []}\n");
        Configuration configuration = Configuration.read(folder.resolve("rules.yaml"));
        try (Engine engine = new Engine(configuration, DialogObserver.NOBODY)) {
            COUNTED.forEach(engine.counters()::increment);
            families =
                    engine.metrics().families().stream()
                            .map(Family::name)
                            .collect(Collectors.toSet());
            scrape = new String(engine.metrics().read(null).octets(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void each_counter_is_shown_as_an_event_or_by_a_family_of_its_own() {
        assertSoftly(
                softly -> {
                    for (String name : COUNTED) {
                        String key = EngineMetrics.shownElsewhere(name);
                        boolean event =
                                scrape.contains("ussd_events_total{event=\"" + name + "\"} ");
                        softly.assertThat(event)
                                .as("%s is an event, or under %s", name, key)
                                .isEqualTo(key == null);
                    }
                });
    }

    @Test
    void nothing_is_kept_out_of_the_events_that_is_no_counter() {
        Set<String> kept =
                COUNTED.stream()
                        .map(EngineMetrics::shownElsewhere)
                        .filter(Objects::nonNull)
                        .collect(Collectors.toSet());
        assertThat(EngineMetrics.SHOWN_ELSEWHERE.keySet())
                .containsExactlyInAnyOrderElementsOf(kept);
    }

    @Test
    void what_is_kept_out_of_the_events_names_families_that_there_are() {
        EngineMetrics.SHOWN_ELSEWHERE.forEach(
                (counter, shown) -> assertThat(families).as(counter).containsAll(shown));
    }

    @Test
    void a_counter_whose_name_only_begins_like_one_of_the_list_is_an_event() {
        assertThat(EngineMetrics.shownElsewhere("scripts.errors")).isEqualTo("scripts.errors");
        assertThat(EngineMetrics.shownElsewhere("scripts.errors_summed_up")).isNull();
        assertThat(EngineMetrics.shownElsewhere("dialogs.refused.x")).isEqualTo("dialogs.refused.");
        assertThat(EngineMetrics.shownElsewhere("dialogs.notes")).isNull();
    }

    @Test
    void the_names_of_the_classes_are_found() {
        assertThat(COUNTED)
                .hasSizeGreaterThan(70)
                .contains(
                        "scripts.errors_summed_up", // written out
                        "scripts.switched_off", // told by who counts by himself
                        "scripts.stats_beyond_limit", // one of two
                        "sccp.dropped.not_sccp", // through a method that takes the name
                        "tcap.messages.x.x", // from a method that makes the name
                        "calls.x.x",
                        "dialogs.refused.x");
    }

    /**
     * The names under which the engine's classes count, with {@code x} for what is known only when
     * it runs. A method that counts under a name that it gets counts where it is called.
     */
    private static final class CountedNames {
        private static final Pattern NAME = Pattern.compile("[a-z]\\w*(\\.[\\w\u0001]+)*\\.?");
        private static final String STRING = "Ljava/lang/String;";

        private final List<ClassModel> classes = new ArrayList<>();

        /** Names of the strings in a method that makes a string. */
        private final Map<String, Set<String>> made = new HashMap<>();

        /** What counts under its first argument. */
        private final Set<String> counting = new HashSet<>();

        CountedNames() {
            Path root = folderOf(Counters.class);
            try (Stream<Path> files = Files.walk(root.resolve("io/moondial"))) {
                for (Path file : files.filter(it -> it.toString().endsWith(".class")).toList()) {
                    classes.add(ClassFile.of().parse(file));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            String counters = Counters.class.getName().replace('.', '/');
            for (String method : List.of("increment", "add", "counter")) {
                counting.add(counters + '.' + method);
            }
            for (ClassModel type : classes) {
                for (MethodModel method : type.methods()) {
                    if (method.methodType().stringValue().endsWith(')' + STRING)) {
                        made.put(name(type, method), strings(method));
                    }
                }
            }
        }

        private static Path folderOf(Class<?> type) {
            try {
                return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
            } catch (URISyntaxException e) {
                throw new IllegalStateException(e);
            }
        }

        SortedSet<String> all() {
            SortedSet<String> found = new TreeSet<>();
            Set<String> before;
            do {
                before = Set.copyOf(counting);
                found.clear();
                for (ClassModel type : classes) {
                    if (!type.thisClass().asInternalName().endsWith("/metrics/Counters")) {
                        type.methods().forEach(method -> look(type, method, found));
                    }
                }
            } while (!before.equals(counting));
            return found;
        }

        private void look(ClassModel type, MethodModel method, Set<String> found) {
            boolean source =
                    type.interfaces().stream()
                            .anyMatch(it -> it.asInternalName().endsWith("Counters$Source"));
            Set<String> strings = new HashSet<>();
            for (CodeElement element : code(method)) {
                string(element, strings);
                String called = called(element);
                if (called == null) {
                    continue;
                }
                if (counting.contains(called)
                        || (source && called.equals("java/util/function/ObjLongConsumer.accept"))) {
                    if (strings.isEmpty()) {
                        assertThat(method.methodName().stringValue())
                                .as("%s counts under a name that is not found", name(type, method))
                                .doesNotStartWith("lambda$");
                        counting.add(name(type, method));
                    }
                    found.addAll(strings);
                    strings.clear();
                } else if (made.containsKey(called)) {
                    strings.addAll(made.get(called));
                } else if (element instanceof InvokeInstruction it
                        && it.typeSymbol().returnType().descriptorString().equals("V")) {
                    strings.clear(); // a statement ends, or an object is made
                }
            }
        }

        private static Set<String> strings(MethodModel method) {
            Set<String> strings = new HashSet<>();
            code(method).forEach(it -> string(it, strings));
            return strings;
        }

        private static Iterable<CodeElement> code(MethodModel method) {
            return method.code().<Iterable<CodeElement>>map(it -> it).orElse(List.of());
        }

        /** The method that is called, or that is passed on to be called. */
        private static @Nullable String called(CodeElement element) {
            return switch (element) {
                case InvokeInstruction it ->
                        it.owner().asInternalName() + '.' + it.name().stringValue();
                case InvokeDynamicInstruction it -> passed(it);
                default -> null;
            };
        }

        private static @Nullable String passed(InvokeDynamicInstruction made) {
            for (LoadableConstantEntry each : made.invokedynamic().bootstrap().arguments()) {
                if (each instanceof MethodHandleEntry handle) {
                    return handle.reference().owner().asInternalName()
                            + '.'
                            + handle.reference().name().stringValue();
                }
            }
            return null;
        }

        /** What is written out, or the part of a name that is. */
        private static void string(CodeElement element, Set<String> strings) {
            if (element instanceof ConstantInstruction it
                    && it.constantValue() instanceof String text) {
                keep(text, strings);
            } else if (element instanceof InvokeDynamicInstruction it
                    && it.bootstrapMethod().methodName().equals("makeConcatWithConstants")) {
                for (LoadableConstantEntry each : it.invokedynamic().bootstrap().arguments()) {
                    if (each instanceof StringEntry recipe) {
                        keep(recipe.stringValue(), strings);
                    }
                }
            }
        }

        private static void keep(String text, Set<String> strings) {
            if (text.contains(".") && NAME.matcher(text).matches()) {
                String whole = text.endsWith(".") ? text + '\u0001' : text;
                strings.add(whole.replace('\u0001', 'x'));
            }
        }

        private static String name(ClassModel type, MethodModel method) {
            return type.thisClass().asInternalName() + '.' + method.methodName().stringValue();
        }
    }
}
