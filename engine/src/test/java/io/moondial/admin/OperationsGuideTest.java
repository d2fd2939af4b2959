package io.moondial.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Whoever is woken by an alarm finds its word in the guide, and no word that nothing raises. */
class OperationsGuideTest {
    private static final Path ROOT =
            Path.of(Objects.requireNonNull(System.getProperty("moondial.root")));

    /** The first argument of each call that raises one. */
    private static final Pattern RAISED = Pattern.compile("\\badd\\(\\s*(\"[a-z_]+\"|[a-z]+\\.)");

    private static final Pattern WORD = Pattern.compile("`([a-z_]+)`");

    private static Set<String> raised() throws Exception {
        String source =
                Files.readString(
                        ROOT.resolve("engine/src/main/java")
                                .resolve(Attention.class.getName().replace('.', '/') + ".java"));
        return RAISED.matcher(source)
                .results()
                .map(it -> it.group(1).replace("\"", ""))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> explained() throws Exception {
        String guide = Files.readString(ROOT.resolve("engine/docs/operations.md"));
        int start = guide.indexOf("\n## Alarms\n");
        return guide.substring(start, guide.indexOf("\nCounters that should not grow", start))
                .lines()
                .filter(it -> it.startsWith("| `"))
                .map(it -> it.substring(0, it.indexOf('|', 1)))
                .flatMap(it -> WORD.matcher(it).results())
                .map(it -> it.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** What begins with the state of something stands in the guide with each state. */
    @Test
    void each_alarm_is_explained_and_each_explanation_is_of_an_alarm() throws Exception {
        Set<String> raised = raised();
        Set<String> explained = explained();
        assertThat(raised).contains("no_link", "edrs_failing", "counts_parted");

        assertThat(raised)
                .filteredOn(it -> !it.endsWith(".") && !it.endsWith("_"))
                .isSubsetOf(explained);
        Set<String> phases =
                Arrays.stream(EngineStatus.Phase.values())
                        .filter(it -> it != EngineStatus.Phase.RUNNING)
                        .map(EngineStatus.Phase::word)
                        .collect(Collectors.toSet());
        assertThat(explained).containsAll(phases);
        assertThat(explained)
                .filteredOn(it -> !phases.contains(it) && !it.startsWith("application_server_"))
                .isSubsetOf(raised);
        assertThat(raised).contains("application_server_");
    }
}
