package io.moondial.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.rules.PrefixTable.PackedText;
import io.moondial.rules.TriggerIndex.Node;
import io.moondial.rules.TriggerIndex.Node.Branch;
import io.moondial.rules.TriggerIndex.Node.Candidate;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PrefixTableTest {
    /** Both sides of what can be packed, and what would be packed alike if it could. */
    private static final String CHARACTERS = "#*1A\"B\u0000C\u0143\uff11";

    @Test
    void the_longest_prefix_found_leads_to_the_nodes_of_all() {
        Map<String, Node> filed = new HashMap<>();
        for (String prefix :
                List.of("", "*", "*1", "*100#", "*1000000000000000", "*1\u00e9", "2")) {
            filed.put(prefix, new Candidate(prefix.length(), List.of()));
        }
        PrefixTable table = new PrefixTable(filed);
        assertThat(positions(table, "*100#5")).containsExactly(0, 1, 2, 5);
        assertThat(positions(table, "*1000000000000000#")).containsExactly(0, 1, 2, 17);
        assertThat(positions(table, "*1\u00e9")).containsExactly(0, 1, 2, 3);
        assertThat(positions(table, "3")).containsExactly(0);
    }

    @Test
    void whatever_the_prefixes_and_the_text_what_is_found_is_what_a_look_at_each_finds() {
        int found = 0;
        for (int seed = 0; seed < 3_000; seed++) {
            Random random = new Random(seed);
            Map<String, Node> filed = new HashMap<>();
            for (int n = random.nextInt(100); n >= 0; n--) {
                filed.put(anyText(random), new Candidate(n, List.of()));
            }
            PrefixTable table = new PrefixTable(filed);
            for (String text : texts(random, filed)) {
                List<Integer> expected =
                        filed.entrySet().stream()
                                .filter(entry -> text.startsWith(entry.getKey()))
                                .map(entry -> entry.getValue().first())
                                .sorted()
                                .toList();
                assertThat(positions(table, text))
                        .as("seed %d: %s", seed, text)
                        .isEqualTo(expected);
                found += expected.size();
            }
        }
        assertThat(found).as("prefixes of prefixes are among them").isGreaterThan(500_000);
    }

    private static List<String> texts(Random random, Map<String, Node> filed) {
        return Stream.concat(
                        filed.keySet().stream().map(prefix -> prefix + anyText(random)),
                        Stream.generate(() -> anyText(random)).limit(30))
                .toList();
    }

    /** Mostly ones, so that many begin alike, and up to some beyond what can be packed. */
    private static String anyText(Random random) {
        StringBuilder text = new StringBuilder();
        for (int length = random.nextInt(PackedText.MOST + 4); length > 0; length--) {
            text.append(
                    random.nextInt(8) > 0
                            ? '1'
                            : CHARACTERS.charAt(random.nextInt(CHARACTERS.length())));
        }
        return text.toString();
    }

    /** Of all candidates that the longest prefix of the text leads to, ascending. */
    private static List<Integer> positions(PrefixTable table, String text) {
        PackedText packed = PackedText.of(text);
        Optional<Node> longest =
                table.lengths().stream()
                        .filter(length -> length <= text.length())
                        .sorted(Comparator.reverseOrder())
                        .flatMap(length -> Stream.ofNullable(table.find(packed, length)))
                        .findFirst();
        Set<Integer> positions = new TreeSet<>();
        longest.ifPresent(node -> collect(node, positions));
        return List.copyOf(positions);
    }

    private static void collect(Node node, Set<Integer> positions) {
        switch (node) {
            case Candidate candidate -> positions.add(candidate.first());
            case Branch branch -> branch.nodes().forEach(part -> collect(part, positions));
            case Node.ByExact exact -> throw new AssertionError(exact);
            case Node.ByPrefix prefix -> throw new AssertionError(prefix);
        }
    }
}
