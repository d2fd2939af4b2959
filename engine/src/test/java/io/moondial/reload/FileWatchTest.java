package io.moondial.reload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moondial.reload.FileWatch.FolderSignals;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a change counts: what is handled, how often, and what it then holds. */
class FileWatchTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration SOON = Duration.ofMillis(10);
    private static final Duration NEVER_BY_TIME = Duration.ofHours(1);

    @TempDir Path root;
    private Path rules;
    private Path scripts;

    @BeforeEach
    void makeFiles() throws IOException {
        rules = Files.writeString(root.resolve("rules.yaml"), "rules");
        scripts = Files.createDirectories(root.resolve("scripts"));
        Files.writeString(scripts.resolve("main.lua"), "1");
    }

    /** Keeps what each outcome found that was run. */
    private class Source implements FileWatch.Source {
        final List<String> outcomes = new CopyOnWriteArrayList<>();
        final AtomicInteger looks = new AtomicInteger();
        final AtomicInteger preparations = new AtomicInteger();
        final Duration interval;

        Source(Duration interval) {
            this.interval = interval;
        }

        @Override
        public WatchedFiles watched() {
            looks.incrementAndGet();
            return new WatchedFiles(Set.of(rules), Set.of(scripts));
        }

        @Override
        public Duration interval() {
            return interval;
        }

        @Override
        public Runnable prepare() {
            preparations.incrementAndGet();
            String found = content("main.lua") + content("lib/m.lua");
            return () -> outcomes.add(found);
        }

        void awaitOutcomes(String... expected) {
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(outcomes).containsExactly(expected));
        }

        /** Until the files have been looked at so often again. */
        void awaitLooks(int more) {
            int wanted = looks.get() + more;
            await().atMost(PATIENCE).until(() -> looks.get() >= wanted);
        }
    }

    private String content(String name) {
        try {
            Path file = scripts.resolve(name);
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void save(String name, String content) {
        try {
            Path file = scripts.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void a_change_is_handled_once_and_what_does_not_change_is_not_handled_again() {
        Source source = new Source(SOON);
        try (FileWatch _ = new FileWatch(source)) {
            source.awaitOutcomes("1");
            save("main.lua", "2");
            source.awaitOutcomes("1", "2");
            source.awaitLooks(50);
            save("main.lua", "2");
            source.awaitLooks(50);
            assertThat(source.outcomes).containsExactly("1", "2");
            assertThat(source.preparations).hasValue(2);
        }
    }

    @Test
    void where_no_word_of_folders_comes_looking_now_and_then_is_enough() {
        Source source = new Source(SOON);
        try (FileWatch _ = new FileWatch(source, FolderSignals.none())) {
            source.awaitOutcomes("1");
            save("lib/m.lua", "a");
            source.awaitOutcomes("1", "1a");
        }
    }

    @Test
    void word_of_folders_is_enough_for_every_way_to_save() throws IOException {
        Source source = new Source(NEVER_BY_TIME);
        try (FileWatch _ = new FileWatch(source)) {
            source.awaitOutcomes("1");
            save("main.lua", "in place");
            source.awaitOutcomes("1", "in place");
            Path temporary = Files.writeString(scripts.resolve(".main.lua.swp"), "atomic");
            Files.move(temporary, scripts.resolve("main.lua"), StandardCopyOption.ATOMIC_MOVE);
            source.awaitOutcomes("1", "in place", "atomic");
            save("lib/m.lua", " + new folder");
            source.awaitOutcomes("1", "in place", "atomic", "atomic + new folder");
            save("lib/m.lua", " + changed");
            source.awaitOutcomes(
                    "1", "in place", "atomic", "atomic + new folder", "atomic + changed");
        }
    }

    @Test
    void a_folder_below_lib_is_watched_however_deep_and_one_that_is_made_later()
            throws IOException {
        Files.createDirectories(scripts.resolve("lib/a/b"));
        Source source = new Source(NEVER_BY_TIME);
        try (FileWatch _ = new FileWatch(source)) {
            source.awaitOutcomes("1");
            save("lib/a/b/deep.lua", "");
            source.awaitOutcomes("1", "1");
            save("lib/a/b/deep.lua", "changed");
            source.awaitOutcomes("1", "1", "1");
            Files.createDirectory(scripts.resolve("lib/a/c"));
            source.awaitOutcomes("1", "1", "1", "1");
            save("lib/a/c/deep.lua", "");
            source.awaitOutcomes("1", "1", "1", "1", "1");
        }
    }

    @Test
    void a_folder_that_is_taken_away_and_comes_back_is_watched_again() throws IOException {
        Source source = new Source(NEVER_BY_TIME);
        try (FileWatch _ = new FileWatch(source)) {
            source.awaitOutcomes("1");
            Path aside = root.resolve("aside");
            Files.move(scripts, aside);
            source.awaitOutcomes("1", "");
            Files.move(aside, scripts);
            source.awaitOutcomes("1", "", "1");
            save("main.lua", "2");
            source.awaitOutcomes("1", "", "1", "2");
        }
    }

    @Test
    void a_link_that_is_turned_to_another_folder_is_followed() throws IOException {
        Path first = Files.move(scripts, root.resolve("first"));
        Path second = Files.createDirectories(root.resolve("second"));
        Files.writeString(second.resolve("main.lua"), "second");
        Files.createSymbolicLink(scripts, first);
        Source source = new Source(NEVER_BY_TIME);
        try (FileWatch _ = new FileWatch(source)) {
            source.awaitOutcomes("1");
            Path link = Files.createSymbolicLink(root.resolve("next"), second);
            Files.move(link, scripts, StandardCopyOption.ATOMIC_MOVE);
            source.awaitOutcomes("1", "second");
            Files.writeString(second.resolve("main.lua"), "2");
            source.awaitOutcomes("1", "second", "2");
        }
    }

    @Test
    void a_file_that_is_being_written_is_waited_for() {
        AtomicInteger writes = new AtomicInteger();
        Source source =
                new Source(SOON) {
                    @Override
                    public WatchedFiles watched() {
                        int written = writes.get();
                        if (written > 0 && written < 20) {
                            save("main.lua", "half" + writes.incrementAndGet());
                        } else if (written == 20) {
                            save("main.lua", "whole");
                        }
                        return super.watched();
                    }
                };
        try (FileWatch _ = new FileWatch(source)) {
            source.awaitOutcomes("1");
            writes.set(1);
            source.awaitOutcomes("1", "whole");
            assertThat(source.preparations).hasValue(2);
        }
    }

    @Test
    void what_was_read_while_somebody_wrote_is_thrown_away() {
        Source source =
                new Source(SOON) {
                    @Override
                    public Runnable prepare() {
                        Runnable outcome = super.prepare();
                        if (preparations.get() == 2) {
                            save("lib/m.lua", " whole");
                        }
                        return outcome;
                    }
                };
        try (FileWatch _ = new FileWatch(source)) {
            source.awaitOutcomes("1");
            save("main.lua", "half");
            source.awaitOutcomes("1", "half whole");
            assertThat(source.preparations).hasValue(3);
        }
    }

    @Test
    void a_change_that_is_taken_back_before_it_rests_is_none() {
        AtomicInteger writes = new AtomicInteger();
        Source source =
                new Source(SOON) {
                    @Override
                    public WatchedFiles watched() {
                        if (writes.get() > 0 && writes.get() < 9) {
                            save("main.lua", writes.incrementAndGet() % 2 == 0 ? "" : "1");
                        }
                        return super.watched();
                    }
                };
        try (FileWatch _ = new FileWatch(source)) {
            source.awaitOutcomes("1");
            writes.set(1);
            await().atMost(PATIENCE).until(() -> writes.get() == 9);
            source.awaitLooks(20);
            assertThat(source.preparations).hasValue(1);
        }
    }

    @Test
    void a_fault_while_looking_does_not_end_the_watch() {
        AtomicInteger faults = new AtomicInteger();
        Source source =
                new Source(SOON) {
                    @Override
                    public Runnable prepare() {
                        if (preparations.get() == 1 && faults.incrementAndGet() < 3) {
                            throw new IllegalStateException("a fault that this test makes");
                        }
                        return super.prepare();
                    }
                };
        try (FileWatch _ = new FileWatch(source)) {
            source.awaitOutcomes("1");
            save("main.lua", "2");
            source.awaitOutcomes("1", "2");
            assertThat(faults).hasValueGreaterThanOrEqualTo(3);
        }
    }

    @Test
    void files_that_hold_the_same_are_handled_again_once_if_somebody_asks() {
        AtomicBoolean asked = new AtomicBoolean();
        Source source =
                new Source(NEVER_BY_TIME) {
                    @Override
                    public boolean isAsked() {
                        return asked.get();
                    }

                    @Override
                    public Runnable prepare() {
                        asked.set(false);
                        return super.prepare();
                    }
                };
        try (FileWatch watch = new FileWatch(source)) {
            source.awaitOutcomes("1");
            int before = source.looks.get();
            watch.lookNow();
            await().atMost(PATIENCE).until(() -> source.looks.get() >= before + 2);
            source.awaitOutcomes("1");
            asked.set(true);
            watch.lookNow();
            source.awaitOutcomes("1", "1");
            int looks = source.looks.get();
            watch.lookNow();
            await().atMost(PATIENCE).until(() -> source.looks.get() > looks);
            source.awaitOutcomes("1", "1");
        }
    }

    @Test
    void its_end_leaves_no_thread_behind() {
        Source source = new Source(NEVER_BY_TIME);
        FileWatch watch = new FileWatch(source);
        source.awaitOutcomes("1");
        watch.close();
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .doesNotContain("reload");
    }

    @Test
    void folders_that_come_and_go_leave_no_watch_behind() throws Exception {
        try (FolderSignals signals = FolderSignals.open()) {
            for (int i = 0; i < 200; i++) {
                Path lib = Files.createDirectory(scripts.resolve("lib"));
                signals.watch(new WatchedFiles(Set.of(rules), Set.of(scripts)).foldersOfEvents());
                assertThat(signals.count()).isLessThanOrEqualTo(4);
                Files.delete(lib);
                signals.watch(new WatchedFiles(Set.of(rules), Set.of(scripts)).foldersOfEvents());
                assertThat(signals.count()).isLessThanOrEqualTo(3);
            }
        }
    }
}
