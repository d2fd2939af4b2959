package io.moondial.edr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moondial.config.WrittenSettings;
import io.moondial.edr.EdrApp.EdrClock;
import io.moondial.edr.EdrSearch.Found;
import io.moondial.edr.EdrSearch.Query;
import io.moondial.edr.EdrSearch.Volume;
import io.moondial.metrics.Counters;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EdrSearchTest {
    private static final Instant START = Instant.parse("2026-01-05T08:00:00Z");
    private static final Query ALL = new Query(null, null, null, null, null, null, 1_000);

    @TempDir Path folder;

    private final List<EdrSearch> searches = new ArrayList<>();
    private EdrSettings settings;

    @SuppressWarnings("NullAway.Init") // set before each test
    EdrSearchTest() {}

    @BeforeEach
    void readSettings() {
        settings = WrittenSettings.settings(EdrSettings.class, "directory: " + folder);
    }

    @AfterEach
    void close() {
        searches.forEach(EdrSearch::close);
    }

    private EdrSearch search(String... limits) {
        EdrSearch search =
                new EdrSearch(settings, WrittenSettings.settings(EdrSearch.Limits.class, limits));
        searches.add(search);
        return search;
    }

    private static Edr edr(int second, String instance, String event, @Nullable String msisdn) {
        return Edr.builder(START.plusSeconds(second), instance, event)
                .text("MSISDN", msisdn == null ? null : msisdn + ":1:1")
                .text("N", Integer.toString(second))
                .build();
    }

    /** Writes a file as a writer would have. */
    private Path file(String stream, int opened, String end, Edr... records) throws IOException {
        String stamp =
                START.plusSeconds(opened).toString().replaceAll("[^0-9]", "").substring(0, 14);
        Path file = folder.resolve("%s_host_%s000000_7%s".formatted(stream, stamp, end));
        List<String> lines = new ArrayList<>();
        lines.add("#HEADER|FILENAME=x|TIMESTART=1|HOSTNAME=host");
        Stream.of(records).map(Edr::toString).forEach(lines::add);
        Files.write(file, lines);
        return file;
    }

    private static List<Integer> numbers(Found found) {
        return found.hits().stream()
                .map(it -> Integer.valueOf(String.valueOf(it.edr().text("N"))))
                .toList();
    }

    private static Found run(EdrSearch search, Query query) {
        return search.search(query, () -> true);
    }

    @Test
    void records_of_all_files_are_found_newest_first() throws IOException {
        file("ussd", 0, ".edr", edr(0, "a-1-1", "X", null), edr(4, "a-1-2", "X", null));
        file("ussd", 5, ".edr.part", edr(5, "a-1-3", "X", null), edr(9, "a-1-4", "X", null));
        file("own", 2, ".edr", edr(2, "a-1-1", "Y", null), edr(7, "a-1-3", "Y", null));
        Found found = run(search(), ALL);
        assertThat(numbers(found)).containsExactly(9, 7, 5, 4, 2, 0);
        assertThat(found.complete()).isTrue();
        assertThat(found.files()).isEqualTo(3);
        assertThat(found.hits().get(1).stream()).isEqualTo("own");
        assertThat(numbers(run(search(), new Query("own", null, null, null, null, null, 1))))
                .containsExactly(7);
        assertThat(numbers(run(search(), new Query(null, null, "a-1-3", null, null, null, 9))))
                .containsExactly(7, 5);
        assertThat(numbers(run(search(), new Query(null, null, null, "Y", null, null, 9))))
                .containsExactly(7, 2);
        assertThat(
                        numbers(
                                run(
                                        search(),
                                        new Query(
                                                null,
                                                null,
                                                null,
                                                null,
                                                START.plusSeconds(4),
                                                START.plusSeconds(9),
                                                9))))
                .containsExactly(7, 5, 4);
    }

    @Test
    void a_number_gives_all_records_of_its_dialogs_in_whichever_file_they_are() throws IOException {
        file(
                "ussd",
                0,
                ".edr",
                edr(0, "a-1-1", "USSD-PROCESS", "277"),
                edr(1, "a-1-2", "USSD-PROCESS", "2771"));
        file(
                "ussd",
                5,
                ".edr",
                edr(5, "a-1-1", "USSD-END", null),
                edr(6, "a-1-2", "USSD-END", null));
        Query query = new Query(null, "277", null, null, null, null, 9);
        assertThat(numbers(run(search(), query))).containsExactly(5, 0);
        assertThat(run(search(), new Query(null, "27", null, null, null, null, 9)).hits())
                .isEmpty();
    }

    /** Whatever is asked for, and however files overlap, it is what a plain list would give. */
    @Test
    void what_is_found_is_what_a_plain_list_has() throws IOException {
        Random random = new Random(3);
        List<Edr> all = new ArrayList<>();
        int[] next = new int[2];
        String[] streams = {"ussd", "own"};
        for (int i = 0; i < 40; i++) {
            int stream = random.nextInt(2);
            int opened = next[stream];
            List<Edr> records = new ArrayList<>();
            for (int k = random.nextInt(20); k > 0; k--) {
                next[stream] += 1 + random.nextInt(3);
                Edr edr =
                        edr(
                                2 * next[stream] + stream,
                                "a-1-" + random.nextInt(30),
                                "E" + random.nextInt(3),
                                null);
                records.add(edr);
                all.add(edr);
            }
            next[stream]++;
            file(streams[stream], 2 * opened, ".edr", records.toArray(Edr[]::new));
        }
        all.sort(Comparator.comparing(Edr::at).reversed());
        EdrSearch search = search();
        for (int i = 0; i < 200; i++) {
            Query query =
                    new Query(
                            null,
                            null,
                            random.nextBoolean() ? null : "a-1-" + random.nextInt(30),
                            random.nextBoolean() ? null : "E" + random.nextInt(3),
                            random.nextBoolean() ? null : START.plusSeconds(random.nextInt(1_500)),
                            random.nextBoolean() ? null : START.plusSeconds(random.nextInt(1_500)),
                            1 + random.nextInt(20));
            List<Edr> expected =
                    all.stream()
                            .filter(
                                    it ->
                                            query.instanceId() == null
                                                    || it.instanceId().equals(query.instanceId()))
                            .filter(it -> query.event() == null || it.event().equals(query.event()))
                            .filter(it -> query.from() == null || !it.at().isBefore(query.from()))
                            .filter(it -> query.to() == null || it.at().isBefore(query.to()))
                            .limit(query.limit())
                            .toList();
            Found found = run(search, query);
            assertThat(found.hits().stream().map(EdrSearch.Hit::edr))
                    .as(query.toString())
                    .containsExactlyElementsOf(expected);
            assertThat(found.complete()).isTrue();
        }
    }

    @Test
    void old_files_are_not_read_where_newer_ones_have_enough() throws IOException {
        for (int i = 0; i < 50; i++) {
            file("ussd", 10 * i, ".edr", edr(10 * i, "a-1-1", "X", null));
        }
        Found found = run(search(), new Query(null, null, null, null, null, null, 3));
        assertThat(numbers(found)).containsExactly(490, 480, 470);
        assertThat(found.files()).isLessThanOrEqualTo(4);
        Found early =
                run(search(), new Query(null, null, null, null, START.plusSeconds(455), null, 99));
        assertThat(numbers(early)).containsExactly(490, 480, 470, 460);
        assertThat(early.files()).isLessThanOrEqualTo(5);
    }

    @Test
    void a_search_ends_at_its_limits_and_says_so() throws IOException {
        String much = "x".repeat(10_000);
        for (int i = 0; i < 20; i++) {
            Edr[] records = new Edr[20];
            for (int k = 0; k < records.length; k++) {
                records[k] =
                        Edr.builder(START.plusSeconds(i * 100 + k), "a-1-1", "X")
                                .text("T", much)
                                .text("N", "1")
                                .build();
            }
            file("ussd", 100 * i, ".edr", records);
        }
        Found few = run(search("max_files: 3"), ALL);
        assertThat(few.complete()).isFalse();
        assertThat(few.files()).isEqualTo(3);
        Found small = run(search("max_size: 1MiB"), ALL);
        assertThat(small.complete()).isFalse();
        assertThat(small.hits()).hasSizeBetween(80, 150);
        AtomicInteger asked = new AtomicInteger();
        Found stopped = search().search(ALL, () -> asked.incrementAndGet() < 30);
        assertThat(stopped.complete()).isFalse();
        Found missing =
                run(search("max_size: 1MiB"), new Query(null, null, "a-1-2", null, null, null, 9));
        assertThat(missing.complete()).isFalse();
        assertThat(missing.hits()).isEmpty();
        assertThat(run(search(), ALL).complete()).isTrue();
    }

    @Test
    void garbage_torn_lines_strange_names_and_folders_are_passed_over() throws IOException {
        Path torn = file("ussd", 0, ".edr", edr(0, "a-1-1", "X", null));
        Files.writeString(torn, "2026-01-05 08:00:01.000<a-1-1>X|N=9", StandardOpenOption.APPEND);
        byte[] garbage = new byte[100_000];
        new Random(1).nextBytes(garbage);
        Files.write(file("ussd", 5, ".edr"), garbage);
        Files.write(file("ussd", 6, ".edr"), new byte[0]);
        Files.createDirectory(folder.resolve("ussd_host_20260105080007000000_7.edr"));
        Files.writeString(folder.resolve("ussd_host_20269905080007000000_7.edr"), "x");
        Files.writeString(folder.resolve("notes.txt"), "x");
        Files.createSymbolicLink(
                folder.resolve("ussd_host_20260105080008000000_7.edr"), Path.of("nowhere"));
        Found found = run(search(), ALL);
        assertThat(numbers(found)).containsExactly(0);
        assertThat(found.complete()).isFalse(); // a folder is where a file should be
        settings =
                WrittenSettings.settings(EdrSettings.class, "directory: " + folder.resolve("none"));
        assertThat(run(search(), ALL)).isEqualTo(new Found(List.of(), true, 0));
    }

    @Test
    void the_writer_keeps_its_lock_on_a_file_that_is_read_in_progress() throws Exception {
        Counters counters = new Counters();
        EdrSettings quick =
                WrittenSettings.settings(
                        EdrSettings.class, "directory: " + folder, "max_flush_edrs: 1");
        try (EdrApp app = new EdrApp(quick, EdrClock.system(), "host", 7, counters)) {
            app.write("ussd", edr(1, "a-1-1", "X", null));
            await().until(() -> app.status().getFirst().written() == 1);
            Path file = Objects.requireNonNull(app.status().getFirst().file());
            assertThat(isLockedFor(file)).isTrue();
            EdrSearch search = search();
            assertThat(run(search, ALL).hits()).hasSize(1);
            assertThat(run(search, ALL).hits()).hasSize(1);
            assertThat(isLockedFor(file)).isTrue();
        }
        EdrSearch search = search();
        assertThat(run(search, ALL).hits()).hasSize(1);
    }

    /** Whether another process would find it locked. */
    private static boolean isLockedFor(Path file) throws Exception {
        Process other =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                TryLock.class.getName(),
                                file.toString())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(other.waitFor()).as(said).isZero();
        return said.strip().endsWith("locked");
    }

    /** The other process. */
    static final class TryLock {
        private TryLock() {}

        public static void main(String[] args) throws IOException {
            try (FileChannel channel =
                    FileChannel.open(Path.of(args[0]), StandardOpenOption.WRITE)) {
                System.out.println(channel.tryLock() == null ? "locked" : "free");
            }
        }
    }

    @Test
    void a_search_goes_on_in_a_file_that_another_search_finds_complete() throws Exception {
        Edr[] records = new Edr[200];
        for (int i = 0; i < records.length; i++) {
            records[i] =
                    Edr.builder(START.plusSeconds(i), "a-1-1", "X")
                            .text("N", Integer.toString(i))
                            .text("T", "x".repeat(5_000))
                            .build();
        }
        Path part = file("ussd", 0, ".edr.part", records);
        Path whole = FileNames.complete(part);
        EdrSearch search = search();
        CountDownLatch inTheFile = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicInteger pieces = new AtomicInteger();
        try (ExecutorService other = Executors.newSingleThreadExecutor()) {
            Future<Found> first =
                    other.submit(
                            () ->
                                    search.search(
                                            ALL,
                                            () -> {
                                                if (pieces.incrementAndGet() == 6) {
                                                    inTheFile.countDown();
                                                    awaitLatch(goOn);
                                                }
                                                return true;
                                            }));
            try {
                awaitLatch(inTheFile);
                assertThat(isOpenHere(part)).isTrue();
                Files.move(part, whole);
                Found second = run(search, ALL);
                assertThat(second.hits()).hasSize(200);
                assertThat(second.complete()).isTrue();
                assertThat(search.volumes().get("ussd"))
                        .isEqualTo(new Volume(1, Files.size(whole)));
            } finally {
                goOn.countDown();
            }
            assertThat(first.get().hits()).hasSize(200);
            assertThat(first.get().complete()).isTrue();
            assertThat(pieces.get()).isGreaterThan(6);
        }
        assertThat(isOpenHere(whole)).isFalse();
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Whether this process holds it open. */
    private static boolean isOpenHere(Path file) throws IOException {
        Path real = file.toRealPath();
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.anyMatch(
                    it -> {
                        try {
                            return Files.readSymbolicLink(it).equals(real);
                        } catch (IOException e) {
                            return false; // closed since it was listed
                        }
                    });
        }
    }

    @Test
    void a_file_that_is_listed_under_both_names_is_read_once() throws IOException {
        file("ussd", 0, ".edr", edr(0, "a-1-1", "X", null), edr(4, "a-1-2", "X", null));
        file("ussd", 0, ".edr.part", edr(0, "a-1-1", "X", null));
        Found found = run(search(), ALL);
        assertThat(numbers(found)).containsExactly(4, 0);
        assertThat(found.files()).isEqualTo(1);
    }

    @Test
    void what_is_on_the_disk_is_summed_up_by_stream() throws IOException {
        Path one = file("ussd", 0, ".edr", edr(0, "a-1-1", "X", null));
        Path two = file("ussd", 5, ".edr.part", edr(5, "a-1-1", "X", null));
        file("own", 0, ".edr", edr(0, "a-1-1", "X", null));
        assertThat(search().volumes().get("ussd"))
                .isEqualTo(new Volume(2, Files.size(one) + Files.size(two)));
        assertThat(search().volumes()).containsOnlyKeys("own", "ussd");
    }
}
