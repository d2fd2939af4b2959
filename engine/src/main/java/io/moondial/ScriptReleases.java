package io.moondial;

import io.moondial.file.FileTrouble;
import io.moondial.file.OwnersFolder;
import io.moondial.file.PlainFile;
import io.moondial.file.PlainFile.UnreadableFileException;
import io.moondial.lang.Texts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The sources of scripts that have been in service, in a folder of their owner's alone, so that one
 * of them can be put back, and those of their texts. A release is a file {@code
 * SCRIPTS/KEY/VERSION.lua}, or {@code SCRIPTS/lang.LANGUAGE/VERSION.yaml}; when it came into
 * service last is the time of the file.
 */
final class ScriptReleases {
    private static final Pattern VERSION = Pattern.compile("[0-9a-f]{8}");
    private static final int MAX_OCTETS = 16 << 20;

    private final Path folder;

    /**
     * Those in a folder; nothing is read or written yet.
     *
     * @param folder absolute; made once there is something to keep
     */
    ScriptReleases(Path folder) {
        this.folder = folder;
    }

    /**
     * A script, or a file of texts, by its place among the releases.
     *
     * @param scripts what stands for its script folder, a name of a file
     * @param key names the folder of its releases
     * @param suffix how their names end
     */
    record Place(String scripts, String key, String suffix) {
        static Place ofScript(String scripts, String key) {
            return new Place(scripts, key, ".lua");
        }

        /** No script has such a key. */
        static Place ofTexts(String scripts, String language) {
            return new Place(scripts, Texts.FOLDER + "." + language, Texts.SUFFIX);
        }
    }

    /** A release, and when it came into service last. */
    record Kept(String version, Instant since) {}

    /** Where they are. */
    Path folder() {
        return folder;
    }

    /** What is kept of a script, the newest first; none if nothing can be read. */
    List<Kept> of(Place place) {
        List<Kept> kept = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder(place))) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                String version =
                        name.substring(0, Math.max(0, name.length() - place.suffix().length()));
                if (name.endsWith(place.suffix()) && VERSION.matcher(version).matches()) {
                    kept.add(new Kept(version, Files.getLastModifiedTime(file).toInstant()));
                }
            }
        } catch (NoSuchFileException e) {
            return List.of(); // nothing has been kept, or it is just removed
        } catch (IOException | UncheckedIOException e) {
            return List.copyOf(kept); // what keeps the next one says why
        }
        kept.sort(Comparator.comparing(Kept::since).reversed());
        return kept;
    }

    /**
     * The source of a release; empty if it is not kept.
     *
     * @param version anything
     * @throws IOException if it cannot be read; the message names the file
     */
    Optional<byte[]> source(Place place, String version) throws IOException {
        if (!VERSION.matcher(version).matches()) {
            return Optional.empty();
        }
        Path file = folder(place).resolve(version + place.suffix());
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            OwnersFolder.require(file.resolveSibling(""));
            return Optional.of(PlainFile.read(file, MAX_OCTETS));
        } catch (UnreadableFileException e) {
            throw new IOException(file + ": " + e.reason(), e);
        }
    }

    /**
     * Keeps the source of a release that has come into service.
     *
     * @throws IOException if that cannot be; the others stay
     */
    void keep(Place place, Kept release, byte[] source) throws IOException {
        Path scripts = folder(place);
        OwnersFolder.make(scripts);
        Path file = scripts.resolve(release.version() + place.suffix());
        FileTime since = FileTime.from(release.since());
        if (Files.isRegularFile(file)) {
            Files.setLastModifiedTime(file, since);
            return;
        }
        Path beside = Files.createTempFile(scripts, ".", place.suffix()); // its owner's alone
        try {
            try (FileChannel channel = FileChannel.open(beside, StandardOpenOption.WRITE)) {
                ByteBuffer octets = ByteBuffer.wrap(source);
                while (octets.hasRemaining()) {
                    channel.write(octets);
                }
                channel.force(true);
            }
            Files.setLastModifiedTime(beside, since);
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(beside);
        }
    }

    /**
     * Removes what is too much, the oldest first.
     *
     * @param most how many of one script are kept
     * @param octets how long all are together
     * @param needed stay whatever there is: those in service
     * @throws IOException if one cannot be removed
     */
    void trim(int most, long octets, Set<Path> needed) throws IOException {
        List<Found> all = new ArrayList<>();
        for (Path scripts : list(folder)) {
            for (Path script : list(scripts)) {
                List<Found> ofScript = new ArrayList<>();
                for (Path file : list(script)) {
                    ofScript.add(
                            new Found(
                                    file,
                                    Files.getLastModifiedTime(file).toInstant(),
                                    Files.size(file)));
                }
                ofScript.sort(Comparator.comparing(Found::since).reversed());
                for (Found beyond :
                        ofScript.subList(Math.min(most, ofScript.size()), ofScript.size())) {
                    remove(beyond, needed);
                }
                all.addAll(ofScript.subList(0, Math.min(most, ofScript.size())));
            }
        }
        all.sort(Comparator.comparing(Found::since));
        long now = all.stream().mapToLong(Found::octets).sum();
        for (Found oldest : all) {
            if (now <= octets) {
                return;
            }
            if (remove(oldest, needed)) {
                now -= oldest.octets();
            }
        }
    }

    private record Found(Path file, Instant since, long octets) {}

    private static boolean remove(Found it, Set<Path> needed) throws IOException {
        return !needed.contains(it.file()) && Files.deleteIfExists(it.file());
    }

    private static List<Path> list(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        } catch (UncheckedIOException e) {
            throw new IOException(FileTrouble.words(e), e);
        }
    }

    /** The file of a release, be it there or not. */
    Path file(Place place, String version) {
        return folder(place).resolve(version + place.suffix());
    }

    private Path folder(Place place) {
        return folder.resolve(place.scripts()).resolve(place.key());
    }
}
