package io.moondial.file;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NewFilesTest {
    @TempDir Path folder;

    private final Map<Path, String> contents = new LinkedHashMap<>();
    private final List<String> left = new ArrayList<>();

    private void make() throws IOException {
        NewFiles.make(contents, (path, why) -> left.add(path + ": " + why));
    }

    @Test
    void files_are_made_with_their_folders() throws IOException {
        contents.put(folder.resolve("a/b/one"), "1");
        contents.put(folder.resolve("a/two"), "2");

        make();

        assertThat(folder.resolve("a/b/one")).hasContent("1");
        assertThat(folder.resolve("a/two")).hasContent("2");
    }

    @Test
    void a_file_that_is_there_stays_and_all_that_was_made_goes_again() throws IOException {
        Path mine = Files.writeString(folder.resolve("mine"), "mine");
        contents.put(folder.resolve("a/b/one"), "1");
        contents.put(mine, "2");

        assertThatThrownBy(this::make).isInstanceOf(FileAlreadyExistsException.class);

        assertThat(mine).hasContent("mine");
        assertThat(folder.resolve("a")).doesNotExist();
        assertThat(left).isEmpty();
    }

    @Test
    void a_folder_that_was_there_stays() throws IOException {
        Files.createDirectories(folder.resolve("a"));
        Files.createSymbolicLink(folder.resolve("link"), folder.resolve("nowhere"));
        contents.put(folder.resolve("a/b/one"), "1");
        contents.put(folder.resolve("link/two"), "2");

        assertThatThrownBy(this::make).isInstanceOf(FileAlreadyExistsException.class);

        assertThat(folder.resolve("a")).isEmptyDirectory();
        assertThat(folder.resolve("nowhere")).doesNotExist();
    }

    @Test
    void a_new_folder_stays_if_somebody_else_has_written_into_it_and_is_told() throws IOException {
        Path theirs = folder.resolve("a/theirs");
        Map.Entry<Path, String> late =
                new AbstractMap.SimpleEntry<>(theirs, "2") {
                    @Override
                    public String getValue() {
                        // the first file is there, this one not yet
                        contents.forEach((it, text) -> assertThat(it).hasContent(text));
                        try {
                            Files.writeString(theirs, "theirs");
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                        return super.getValue();
                    }
                };
        contents.put(folder.resolve("a/one"), "1");
        Set<Map.Entry<Path, String>> entries = new LinkedHashSet<>(contents.entrySet());
        entries.add(late);
        Map<Path, String> both =
                new AbstractMap<>() {
                    @Override
                    public Set<Entry<Path, String>> entrySet() {
                        return entries;
                    }
                };

        assertThatThrownBy(() -> NewFiles.make(both, (path, why) -> left.add(path + ": " + why)))
                .isInstanceOf(FileAlreadyExistsException.class);

        assertThat(theirs).hasContent("theirs");
        assertThat(folder.resolve("a/one")).doesNotExist();
        assertThat(left)
                .singleElement(as(STRING))
                .startsWith(
                        folder.resolve("a") + ": " + DirectoryNotEmptyException.class.getName());
    }
}
