package io.moondial.edr;

import static io.moondial.edr.FileNames.complete;

import io.moondial.config.Key;
import io.moondial.config.Settings;
import java.io.FileNotFoundException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Searches the records in the files, complete and in progress, the newest first. Files are read in
 * pieces, and a search ends at its limits. What waits in memory is not found.
 */
public final class EdrSearch implements AutoCloseable {
    private static final Pattern NAME =
            Pattern.compile("((\\w+)_[A-Za-z0-9.-]*_)([0-9]{20})(_[0-9]+)\\.edr(\\.part)?");

    private static final DateTimeFormatter STAMP =
            new DateTimeFormatterBuilder()
                    .appendPattern("uuuuMMddHHmmss")
                    .appendFraction(ChronoField.MICRO_OF_SECOND, 6, 6, false)
                    .toFormatter(Locale.ROOT);

    /** A record may have waited so long in memory before its file was opened. */
    private static final Duration WAITED = Duration.ofHours(1);

    /** Where the instance id of a record begins, behind the time and a {@code <}. */
    private static final int INSTANCE_AT = "YYYY-MM-DD HH:MM:SS.sss<".length();

    /** How many dialogs of a number are found at most. */
    private static final int MAX_DIALOGS = 10_000;

    private final EdrSettings edrs;
    private final Limits limits;

    /**
     * Files in progress that were read, open until they are complete: if this process closed one,
     * the lock of its writer would go, and another engine would take the file for an orphan. All
     * searches share them. Guarded by this.
     */
    private final Map<Path, OpenInProgress> inProgress = new HashMap<>();

    public EdrSearch(EdrSettings edrs, Limits limits) {
        this.edrs = edrs;
        this.limits = limits;
    }

    /** How much one search may read. */
    @Settings("How much a search of the records on the disk may read.")
    public record Limits(
            @Key(
                            value = "How many files, the newest first.",
                            unset = "2000",
                            from = "1",
                            to = "1000000")
                    int maxFiles,
            @Key(value = "How much of them.", unset = "256MiB", from = "1MiB", to = "1024GiB")
                    long maxSize,
            @Key(value = "How long.", unset = "10s", from = "100ms", to = "10m") Duration maxTime,
            @Key(
                            value = "How many searches may run at once. Further ones are refused.",
                            unset = "2",
                            from = "1",
                            to = "64")
                    int atOnce) {}

    /**
     * What is searched for. What is null does not matter.
     *
     * @param msisdn the digits of a number: all records of its dialogs
     * @param from not before this
     * @param to before this
     * @param limit how many at most, the newest
     */
    public record Query(
            @Nullable String stream,
            @Nullable String msisdn,
            @Nullable String instanceId,
            @Nullable String event,
            @Nullable Instant from,
            @Nullable Instant to,
            int limit) {}

    /**
     * What was found.
     *
     * @param hits the newest first
     * @param complete whether all was searched that could have more; not if a limit ended the
     *     search, or a file could not be read
     * @param files how many were read
     */
    public record Found(List<Hit> hits, boolean complete, int files) {}

    /** A record, and the stream that it is in. */
    public record Hit(String stream, Edr edr) {}

    /** What a stream has on the disk. */
    public record Volume(int files, long octets) {
        private Volume plus(long more) {
            return new Volume(files + 1, octets + more);
        }
    }

    /**
     * Searches.
     *
     * @param mayGoOn asked now and then; the search ends where it says no
     */
    public Found search(Query query, BooleanSupplier mayGoOn) {
        forgetComplete();
        return new Run(query, mayGoOn).search();
    }

    /** What each stream has on the disk, by its name, as far as {@code maxTime} allows. */
    public Map<String, Volume> volumes() {
        forgetComplete();
        long began = System.nanoTime();
        Map<String, Volume> volumes = new TreeMap<>();
        for (Path folder : EdrFolders.of(edrs)) {
            eachName(
                    folder,
                    name -> {
                        long size;
                        try {
                            size = Files.size(folder.resolve(name.group()));
                        } catch (IOException e) {
                            return true; // renamed or removed since it was listed
                        }
                        volumes.merge(
                                name.group(2),
                                new Volume(1, size),
                                (before, one) -> before.plus(one.octets()));
                        return System.nanoTime() - began < limits.maxTime().toNanos();
                    });
        }
        return volumes;
    }

    @Override
    public synchronized void close() {
        inProgress.values().forEach(this::forget);
        inProgress.clear();
    }

    private interface NameTaker {
        /** Takes the name of a file; whether more is wanted. */
        boolean take(Matcher name);
    }

    /** Whether the folder was read to its end, or as far as was wanted. */
    private static boolean eachName(Path folder, NameTaker taker) {
        try (DirectoryStream<Path> names = Files.newDirectoryStream(folder)) {
            for (Path path : names) {
                Matcher name = NAME.matcher(String.valueOf(path.getFileName()));
                if (name.matches() && Edr.Names.isField(name.group(2)) && !taker.take(name)) {
                    return true;
                }
            }
            return true;
        } catch (NoSuchFileException | NotDirectoryException e) {
            return true; // nothing was written yet
        } catch (IOException | DirectoryIteratorException e) {
            return false;
        }
    }

    // ---- files in progress

    /** One of them; it is closed once it is complete and nobody reads it any more. */
    private static final class OpenInProgress {
        private final RandomAccessFile file;
        private int readers;
        private boolean forgotten;

        OpenInProgress(RandomAccessFile file) {
            this.file = file;
        }
    }

    private synchronized void forgetComplete() {
        inProgress
                .entrySet()
                .removeIf(
                        known -> {
                            boolean complete = Files.notExists(known.getKey());
                            if (complete) {
                                forget(known.getValue());
                            }
                            return complete;
                        });
    }

    private synchronized void forget(OpenInProgress open) {
        open.forgotten = true;
        closeIfDone(open);
    }

    private synchronized void leave(OpenInProgress open) {
        open.readers--;
        closeIfDone(open);
    }

    private static void closeIfDone(OpenInProgress open) {
        if (open.forgotten && open.readers == 0) {
            try {
                open.file.close();
            } catch (IOException e) {
                // it was only read
            }
        }
    }

    /**
     * Reads a file in progress.
     *
     * @throws NoSuchFileException if it is in progress no more
     */
    private synchronized InputStream share(Path path) throws IOException {
        OpenInProgress open = inProgress.get(path);
        if (open == null) {
            open = new OpenInProgress(openToRead(path));
            inProgress.put(path, open);
        }
        open.readers++;
        return new Shared(open);
    }

    private static RandomAccessFile openToRead(Path path) throws IOException {
        try {
            if (Files.exists(path)) {
                return new RandomAccessFile(path.toFile(), "r");
            }
        } catch (FileNotFoundException e) {
            if (Files.exists(path)) {
                throw e; // it cannot be read
            }
        }
        throw new NoSuchFileException(path.toString());
    }

    /** Reads a file in progress from its beginning; several can, at places of their own. */
    private final class Shared extends InputStream {
        private final OpenInProgress open;
        private final RandomAccessFile file;
        private long position;
        private boolean left;

        Shared(OpenInProgress open) {
            this.open = open;
            this.file = open.file;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] octets, int offset, int length) throws IOException {
            synchronized (file) {
                file.seek(position);
                int count = file.read(octets, offset, length);
                position += Math.max(0, count);
                return count;
            }
        }

        /** The file stays open as long as it is in progress. */
        @Override
        public void close() {
            if (!left) {
                left = true;
                leave(open);
            }
        }
    }

    /**
     * A file.
     *
     * @param series what its name shares with those that the same writer opened before and after
     * @param opened none of its records was written before
     */
    private record EdrFile(Path path, String stream, String series, Instant opened) {}

    /** One search. */
    private final class Run {
        private final Query query;
        private final BooleanSupplier mayGoOn;
        private final long began = System.nanoTime();
        private boolean complete = true;
        private long octets;
        private final Set<Path> read = new HashSet<>();

        Run(Query query, BooleanSupplier mayGoOn) {
            this.query = query;
            this.mayGoOn = mayGoOn;
        }

        Found search() {
            List<EdrFile> files = files();
            Set<String> dialogs = null;
            if (query.msisdn() != null) {
                dialogs = dialogs(files, query.msisdn());
            }
            List<Hit> hits =
                    dialogs != null && dialogs.isEmpty() ? List.of() : hits(files, dialogs);
            return new Found(hits, complete, read.size());
        }

        private boolean mayRead() {
            if (octets <= limits.maxSize()
                    && System.nanoTime() - began < limits.maxTime().toNanos()
                    && mayGoOn.getAsBoolean()) {
                return true;
            }
            complete = false;
            return false;
        }

        // ---- which files

        /** Those that can have such records, the newest first. */
        private List<EdrFile> files() {
            PriorityQueue<EdrFile> newest =
                    new PriorityQueue<>(Comparator.comparing(EdrFile::opened));
            boolean[] more = new boolean[1];
            for (Path folder : EdrFolders.of(edrs)) {
                boolean whole =
                        eachName(
                                folder,
                                name -> {
                                    EdrFile file = file(folder, name);
                                    if (file != null && canHave(file)) {
                                        newest.add(file);
                                        if (newest.size() > limits.maxFiles()) {
                                            newest.poll();
                                            more[0] = true;
                                        }
                                    }
                                    return mayRead();
                                });
                complete &= whole;
            }
            List<EdrFile> files = new ArrayList<>(newest);
            // one that was completed while its folder was read may be there under both names
            Set<Path> paths = files.stream().map(EdrFile::path).collect(Collectors.toSet());
            files.removeIf(
                    file -> isInProgress(file.path()) && paths.contains(complete(file.path())));
            files.sort(Comparator.comparing(EdrFile::opened).reversed());
            List<Instant> ends = ends(files);
            Instant from = query.from();
            if (more[0] && (from == null || !ends.getLast().isBefore(from))) {
                complete = false;
            }
            if (from != null) {
                Iterator<Instant> end = ends.iterator();
                files.removeIf(file -> end.next().isBefore(from));
            }
            return files;
        }

        private @Nullable EdrFile file(Path folder, Matcher name) {
            try {
                return new EdrFile(
                        folder.resolve(name.group()),
                        name.group(2),
                        folder + "/" + name.group(1) + name.group(4),
                        LocalDateTime.parse(name.group(3), STAMP).toInstant(ZoneOffset.UTC));
            } catch (DateTimeException e) {
                return null; // its name is like that of an EDR file, and is none
            }
        }

        private boolean canHave(EdrFile file) {
            Instant to = query.to();
            return (query.stream() == null || file.stream().equals(query.stream()))
                    && (to == null || file.opened().minus(WAITED).isBefore(to));
        }

        /** For each file, when the next of its series was opened: it has no record after that. */
        private List<Instant> ends(List<EdrFile> files) {
            Map<String, Instant> next = new HashMap<>();
            List<Instant> ends = new ArrayList<>();
            for (EdrFile file : files) {
                Instant later = next.put(file.series(), file.opened());
                ends.add(later == null ? Instant.MAX : later);
            }
            return ends;
        }

        // ---- what is in them

        private Set<String> dialogs(List<EdrFile> files, String msisdn) {
            Set<String> dialogs = new HashSet<>();
            byte[] digits = msisdn.getBytes(StandardCharsets.US_ASCII);
            for (EdrFile file : files) {
                if (!mayRead() || dialogs.size() >= MAX_DIALOGS) {
                    complete = false;
                    break;
                }
                read(
                        file,
                        line -> has(line, digits),
                        edr -> {
                            String number = edr.text("MSISDN");
                            if (number != null && digitsOf(number).equals(msisdn)) {
                                dialogs.add(edr.instanceId());
                            }
                        });
            }
            return dialogs;
        }

        private List<Hit> hits(List<EdrFile> files, @Nullable Set<String> dialogs) {
            List<Instant> ends = ends(files);
            for (int i = ends.size() - 2; i >= 0; i--) {
                if (ends.get(i).isBefore(ends.get(i + 1))) {
                    ends.set(i, ends.get(i + 1)); // of this one and all older ones
                }
            }
            Comparator<Place> order =
                    Comparator.comparing((Place place) -> place.hit().edr().at())
                            .thenComparingInt(place -> -place.file())
                            .thenComparingInt(Place::line);
            PriorityQueue<Place> newest = new PriorityQueue<>(order);
            for (int i = 0; i < files.size(); i++) {
                EdrFile file = files.get(i);
                int number = i;
                boolean full = newest.size() == query.limit();
                if (full && !ends.get(i).isAfter(newest.element().hit().edr().at())) {
                    break;
                }
                if (!mayRead()) {
                    break;
                }
                int[] line = new int[1];
                read(
                        file,
                        octets -> wants(octets, dialogs),
                        edr -> {
                            line[0]++;
                            if (matches(edr, dialogs)) {
                                newest.add(new Place(new Hit(file.stream(), edr), number, line[0]));
                                if (newest.size() > query.limit()) {
                                    newest.poll();
                                }
                            }
                        });
            }
            return newest.stream().sorted(order.reversed()).map(Place::hit).toList();
        }

        /** Whether a line may be a record that matches, by what can be seen before it is read. */
        private boolean wants(byte[] line, @Nullable Set<String> dialogs) {
            if (query.instanceId() == null && dialogs == null) {
                return true;
            }
            int begin = INSTANCE_AT;
            int end = begin;
            while (end < line.length && line[end] != '>') {
                end++;
            }
            if (end >= line.length) {
                return false;
            }
            String id = new String(line, begin, end - begin, StandardCharsets.ISO_8859_1);
            return (query.instanceId() == null || query.instanceId().equals(id))
                    && (dialogs == null || dialogs.contains(id));
        }

        private boolean matches(Edr edr, @Nullable Set<String> dialogs) {
            return (query.instanceId() == null || edr.instanceId().equals(query.instanceId()))
                    && (dialogs == null || dialogs.contains(edr.instanceId()))
                    && (query.event() == null || edr.event().equals(query.event()))
                    && (query.from() == null || !edr.at().isBefore(query.from()))
                    && (query.to() == null || edr.at().isBefore(query.to()));
        }

        /** A file that cannot be read, or that goes meanwhile, is passed over. */
        private void read(EdrFile file, EdrFileReader.Wanted wanted, RecordTaker taker) {
            try (EdrFileReader reader =
                    EdrFileReader.of(file.path(), new Counted(open(file.path())))) {
                read.add(file.path());
                reader.only(wanted);
                for (EdrFileReader.Entry entry; (entry = reader.next()) != null; ) {
                    if (entry.line() instanceof EdrLine.Event event) {
                        taker.take(event.edr());
                    }
                }
            } catch (NoSuchFileException e) {
                // somebody has moved it away: it is no longer among the records
            } catch (IOException e) {
                complete = false;
            }
        }

        private static boolean isInProgress(Path path) {
            return path.toString().endsWith(FileNames.IN_PROGRESS);
        }

        private InputStream open(Path path) throws IOException {
            if (!isInProgress(path)) {
                return plain(path);
            }
            try {
                return share(path);
            } catch (NoSuchFileException e) {
                return plain(complete(path));
            }
        }

        /** Nothing else than a plain file: what a pipe gives may have no end. */
        private static InputStream plain(Path path) throws IOException {
            if (!Files.readAttributes(path, BasicFileAttributes.class).isRegularFile()) {
                throw new FileSystemException(path.toString(), null, "it is not a plain file");
            }
            return Files.newInputStream(path);
        }

        /** Ends where the search has to. */
        private final class Counted extends FilterInputStream {
            Counted(InputStream file) {
                super(file);
            }

            @Override
            public int read() throws IOException {
                throw new UnsupportedOperationException("files are read in pieces");
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                if (!mayRead()) {
                    return -1;
                }
                int count = super.read(into, offset, length);
                octets += Math.max(0, count);
                return count;
            }
        }
    }

    private interface RecordTaker {
        void take(Edr edr);
    }

    /** Where a record was found; of two at the same time the one further back is the newer. */
    private record Place(Hit hit, int file, int line) {}

    private static String digitsOf(String address) {
        int colon = address.indexOf(':');
        return colon < 0 ? address : address.substring(0, colon);
    }

    private static boolean has(byte[] line, byte[] part) {
        for (int i = 0; i + part.length <= line.length; i++) {
            int same = 0;
            while (same < part.length && line[i + same] == part[same]) {
                same++;
            }
            if (same == part.length) {
                return true;
            }
        }
        return false;
    }
}
