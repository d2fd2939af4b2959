package io.moondial.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.Rules;
import io.moondial.channel.sigtran.SigtranSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rules file at the top of the repository, beside stand-ins for its scripts. */
final class ShippedRulesTest {
    /** A key with its value; what is only an example says so. */
    private static final Pattern COMMENTED_KEY =
            Pattern.compile("(?m)^( *)#(?=[a-z_]+: )(?!.*# for example$)");

    private static final Pattern EMBEDDED = Pattern.compile("(?m)^  embedded:\n(    .*\n)*");
    private static final Pattern SIGTRAN = Pattern.compile("(?m)^  #sigtran:\n(  #.*\n)*");
    private static final Pattern KEY = Pattern.compile("([a-z_]+):");

    private static final Path ROOT =
            Path.of(Objects.requireNonNull(System.getProperty("moondial.root")));

    @TempDir Path temp;
    RulesFolder folder;
    String shipped;

    @BeforeEach
    void readShippedFile() throws Exception {
        Path scripts = ROOT.resolve("scripts");
        try (var files = Files.walk(scripts)) {
            for (Path script : files.filter(it -> it.toString().endsWith(".lua")).toList()) {
                Path copy = temp.resolve("scripts").resolve(scripts.relativize(script));
                Files.createDirectories(copy.getParent());
                Files.writeString(copy, "");
            }
        }
        folder = new RulesFolder(temp);
        shipped = Files.readString(ROOT.resolve("rules.yaml"));
    }

    @Test
    void says_what_the_template_gives_and_nothing_else() throws Exception {
        Rules rules = folder.read(shipped);
        Rules given = folder.read(Files.readString(RulesReferenceTest.TEMPLATE));

        assertThat(rules)
                .usingRecursiveComparison()
                .ignoringFieldsMatchingRegexes(".*\\.line", ".*\\.backend")
                .isEqualTo(given);
        assertThat(rules.process().triggers().triggers())
                .extracting(Trigger::scriptKey)
                .contains("balance");
        assertThat(rules.process().globals()).isEqualTo(Map.of("CURRENCY", "ZAR"));
        assertThat(rules.inboundNotify()).isNotNull();
    }

    @Test
    void every_key_that_is_commented_out_shows_its_default() throws Exception {
        String uncommented = COMMENTED_KEY.matcher(shipped).replaceAll("$1");

        assertThat(uncommented).isNotEqualTo(shipped);
        assertThat(folder.read(uncommented)).isEqualTo(folder.read(shipped));
    }

    /** All of it, but for the keys that exclude others. */
    @Test
    void the_commented_section_of_a_network_works_without_its_comment_signs() throws Exception {
        String sigtran =
                SIGTRAN.matcher(shipped)
                        .replaceFirst(it -> it.group().replaceAll("(?m)^  #", "  "))
                        .replaceAll("(?m)^ *(listen|peer): .*\n( +#.*\n)*", "");

        Rules rules = folder.read(EMBEDDED.matcher(sigtran).replaceFirst(""));

        assertThat(Objects.requireNonNull(rules.network().sigtran()).links())
                .isEqualTo(SigtranSettings.Links.DEFAULT);
    }

    @Test
    void every_key_stands_on_a_line_of_its_own() throws Exception {
        List<String> keys =
                KEY.matcher(RulesFolder.resource("defaults.printed.yaml"))
                        .results()
                        .map(it -> it.group(1))
                        .toList();

        assertThat(keys)
                .contains("script_dir", "level")
                .allSatisfy(key -> assertThat(shipped).containsPattern("(?m)^ *#?" + key + ":"));
    }

    @Test
    void every_attribute_of_a_trigger_is_explained() throws Exception {
        List<String> triggers =
                RulesFolder.resource("full.printed.yaml")
                        .lines()
                        .filter(line -> line.strip().startsWith("- {"))
                        .toList();

        assertThat(triggers)
                .flatMap(line -> KEY.matcher(line).results().map(it -> it.group(1)).toList())
                .contains("source_gt_prefix")
                .allSatisfy(
                        key ->
                                assertThat(shipped)
                                        .containsPattern(
                                                "(?m)^  #   (%s\\b|.*\\{%s: )"
                                                        .formatted(key, key)));
    }
}
