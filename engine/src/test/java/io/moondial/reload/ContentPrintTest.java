package io.moondial.reload;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.reload.WatchedFiles.Content;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which differences count. */
class ContentPrintTest {
    @TempDir Path root;
    private Path scripts;
    private Content before;

    @BeforeEach
    void makeFiles() throws IOException {
        scripts = Files.createDirectories(root.resolve("scripts"));
        Files.writeString(root.resolve("rules.yaml"), "rules");
        Files.writeString(scripts.resolve("main.lua"), "1");
        before = print();
    }

    private Content print() {
        return Content.of(new WatchedFiles(Set.of(root.resolve("rules.yaml")), Set.of(scripts)));
    }

    @Test
    void times_and_other_files_do_not_count() throws IOException {
        Files.setLastModifiedTime(scripts.resolve("main.lua"), FileTime.fromMillis(0));
        Files.delete(scripts.resolve("main.lua"));
        Files.writeString(scripts.resolve("main.lua"), "1");
        for (String other :
                new String[] {"main.lua~", ".main.lua.swp", ".#main.lua", "4913", ".x.lua"}) {
            Files.writeString(scripts.resolve(other), "x");
        }
        Files.writeString(root.resolve("other.yaml"), "x");
        Files.createDirectories(scripts.resolve("lib"));
        Files.createDirectories(scripts.resolve("other"));
        Files.writeString(scripts.resolve("other/x.lua"), "x");
        assertThat(print().states()).containsAllEntriesOf(before.states());
        Files.delete(scripts.resolve("lib"));
        assertThat(print()).isEqualTo(before);
    }

    @Test
    void content_counts_be_it_of_the_same_size_and_time() throws IOException {
        FileTime time = Files.getLastModifiedTime(scripts.resolve("main.lua"));
        Files.writeString(scripts.resolve("main.lua"), "2");
        Files.setLastModifiedTime(scripts.resolve("main.lua"), time);
        assertThat(print()).isNotEqualTo(before);
    }

    @Test
    void the_rules_new_files_and_lost_ones_count() throws IOException {
        Files.writeString(root.resolve("rules.yaml"), "other");
        Content otherRules = print();
        assertThat(otherRules).isNotEqualTo(before);
        Files.createDirectories(scripts.resolve("lib"));
        Files.writeString(scripts.resolve("lib/m.lua"), "");
        Content oneMore = print();
        assertThat(oneMore).isNotEqualTo(otherRules);
        Files.delete(scripts.resolve("main.lua"));
        assertThat(print()).isNotEqualTo(oneMore);
        Files.delete(root.resolve("rules.yaml"));
        assertThat(print().states()).containsEntry(root.resolve("rules.yaml"), "missing");
    }

    @Test
    void what_is_no_file_is_told_apart_and_never_opened() throws IOException {
        Files.createDirectories(scripts.resolve("dir.lua"));
        Files.createSymbolicLink(scripts.resolve("gone.lua"), scripts.resolve("nowhere"));
        Files.writeString(root.resolve("outside.lua"), "1");
        Files.createSymbolicLink(scripts.resolve("out.lua"), root.resolve("outside.lua"));
        assertThat(print().states())
                .containsEntry(scripts.resolve("dir.lua"), "not a file")
                .containsEntry(scripts.resolve("gone.lua"), "missing");
        assertThat(print().states().get(scripts.resolve("out.lua"))).startsWith("outside ");
    }

    @Test
    void a_folder_that_is_not_there_or_is_a_file_is_a_state_of_its_own() throws IOException {
        Files.delete(scripts.resolve("main.lua"));
        Content empty = print();
        Files.delete(scripts);
        Content missing = print();
        Files.writeString(scripts, "a file");
        Content file = print();
        assertThat(Set.of(empty, missing, file)).hasSize(3);
    }
}
