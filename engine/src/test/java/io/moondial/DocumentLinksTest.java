package io.moondial;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The links between the documents lead somewhere, and the index has them all. */
class DocumentLinksTest {
    private static final Path ROOT =
            Path.of(Objects.requireNonNull(System.getProperty("moondial.root")));
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]*)(?:#([^)]*))?\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ +(.*)$");

    private static List<Path> documents() throws IOException {
        List<Path> documents = new ArrayList<>();
        for (String folder : List.of("", "edr-spec", "engine/docs", "engine/src/bench")) {
            try (Stream<Path> files = Files.list(ROOT.resolve(folder))) {
                files.filter(it -> it.toString().endsWith(".md")).forEach(documents::add);
            }
        }
        return documents;
    }

    /** The anchors of a page's headings, as GitHub makes them. */
    private static Set<String> anchors(Path page) throws IOException {
        return HEADING.matcher(Files.readString(page))
                .results()
                .map(
                        it ->
                                it.group(1)
                                        .toLowerCase(Locale.ROOT)
                                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                                        .replace(' ', '-'))
                .collect(Collectors.toSet());
    }

    @Test
    void each_link_leads_to_a_file_and_to_a_heading_in_it() throws Exception {
        List<String> broken = new ArrayList<>();
        for (Path document : documents()) {
            var links = LINK.matcher(Files.readString(document));
            while (links.find()) {
                Path target =
                        links.group(1).isEmpty()
                                ? document
                                : document.resolveSibling(links.group(1)).normalize();
                String heading = links.group(2);
                if (!Files.exists(target)
                        || (heading != null && !anchors(target).contains(heading))) {
                    broken.add(ROOT.relativize(document) + ": " + links.group());
                }
            }
        }
        assertThat(broken).isEmpty();
    }

    @Test
    void the_index_has_each_document() throws Exception {
        Path index = ROOT.resolve("engine/docs/README.md");
        Set<Path> linked =
                LINK.matcher(Files.readString(index))
                        .results()
                        .map(it -> index.resolveSibling(it.group(1)).normalize())
                        .collect(Collectors.toSet());
        assertThat(documents().stream().filter(it -> !it.equals(index)))
                .filteredOn(it -> !it.getFileName().toString().endsWith(".template.md"))
                .isSubsetOf(linked);
    }

    @Test
    void the_architecture_has_each_package_and_names_classes_that_are_there() throws Exception {
        String page = Files.readString(ROOT.resolve("engine/docs/architecture.md"));
        Path sources = ROOT.resolve("engine/src");
        Set<String> classes;
        try (Stream<Path> files = Files.walk(sources)) {
            classes =
                    files.map(it -> it.getFileName().toString())
                            .filter(it -> it.endsWith(".java"))
                            .map(it -> it.substring(0, it.length() - ".java".length()))
                            .collect(Collectors.toSet());
        }
        assertThat(found("`([A-Z][a-z]+(?:[A-Z][A-Za-z]*)?)[.`]", page))
                .as("classes that architecture.md names")
                .isSubsetOf(classes);
        try (Stream<Path> folders = Files.list(sources.resolve("main/java/io/moondial"))) {
            assertThat(folders.filter(Files::isDirectory).map(it -> it.getFileName().toString()))
                    .as("packages, against the table in architecture.md")
                    .containsExactlyInAnyOrderElementsOf(
                            found("(?m)(?<=^\\| |, )`([a-z]+)`(?=[^|]*\\| )", table(page)));
        }
    }

    private static String table(String page) {
        int start = page.indexOf("|---");
        return page.substring(start, page.indexOf("\n\n", start))
                .lines()
                .map(it -> it.replaceAll("^(\\|[^|]*\\|).*", "$1 "))
                .collect(Collectors.joining("\n"));
    }

    private static Set<String> found(String pattern, String text) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map(it -> it.group(1))
                .collect(Collectors.toSet());
    }
}
