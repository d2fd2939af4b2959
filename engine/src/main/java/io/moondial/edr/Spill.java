package io.moondial.edr;

import io.moondial.file.FileTrouble;
import io.moondial.metrics.Counters;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder for what a stop could not write to its place, because the disk there refused. It has
 * complete EDR files; the next start moves each to the folder of its stream.
 *
 * <p>Two files with the same records never count both: a copy is in progress, and not an orphan,
 * until the file in this folder is deleted.
 */
final class Spill {
    private static final Logger LOG = LoggerFactory.getLogger(Spill.class);

    private final EdrSettings settings;
    private final Path folder;
    private final Counters counters;

    Spill(EdrSettings settings, Counters counters) {
        this.settings = settings;
        this.folder = folder(settings);
        this.counters = counters;
    }

    /** Where it is. */
    static Path folder(EdrSettings settings) {
        return settings.spillDirectory().toAbsolutePath().normalize();
    }

    /** Moves all files to where they belong; what fails is logged, and left for the next start. */
    void takeUp() {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try {
            for (var file : complete()) {
                takeUp(file);
            }
        } catch (IOException e) {
            LOG.error("Cannot look for spilled EDR files: {}", FileTrouble.tell(e));
        }
    }

    private List<Path> complete() throws IOException {
        try (var paths = Files.list(folder)) {
            return paths.filter(path -> path.toString().endsWith(FileNames.COMPLETE))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
        }
    }

    private void takeUp(Path spilled) {
        var stream = FileNames.stream(spilled);
        if (stream == null) {
            LOG.error("Left {} alone: its name is not that of an EDR file", spilled);
            return;
        }
        var own = settings.stream(stream);
        var name = spilled.getFileName().toString();
        var home = own.directory().toAbsolutePath().normalize();
        var target = home.resolve(name);
        if (target.equals(spilled)) {
            return;
        }
        try (var from =
                FileChannel.open(spilled, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            // Another engine may be at it, or just have been.
            if (OpenFile.lock(from) != null && OpenFile.exists(spilled)) {
                move(spilled, from, home, own.mode());
            }
        } catch (NoSuchFileException taken) {
            LOG.debug("{} was taken by another engine", spilled);
        } catch (IOException e) {
            LOG.error(
                    "Cannot move {} to {}: {}; the next start tries again",
                    spilled,
                    target,
                    FileTrouble.tell(e));
        }
    }

    private void move(Path spilled, FileChannel from, Path home, FileMode mode) throws IOException {
        var target = home.resolve(spilled.getFileName().toString());
        if (OpenFile.exists(target)) {
            LOG.error("Left {} alone: {} exists already", spilled, target);
            return;
        }
        EdrFolders.make(home, mode);
        var copy = FileNames.inProgress(target);
        try (var to =
                mode.open(copy, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE))) {
            if (OpenFile.lock(to) == null) {
                return;
            }
            try {
                copy(from, to);
                var modeTrouble = mode.give(copy, FileMode.attributes(copy));
                if (modeTrouble != null) {
                    LOG.warn(
                            "{} does not have the mode {}: {}",
                            target,
                            mode.octal(),
                            FileTrouble.words(modeTrouble));
                }
                OpenFile.forceFolder(home);
                Files.delete(spilled);
            } catch (IOException e) {
                deleteUnlessGone(copy, spilled, e);
                throw e;
            }
            Files.move(copy, target, StandardCopyOption.ATOMIC_MOVE);
        }
        counters.increment("edr.spilled_files.taken_up");
        LOG.warn("Moved {}, which a stop had left there, to {}", spilled, target);
    }

    private static void copy(FileChannel from, FileChannel to) throws IOException {
        to.truncate(0);
        for (long at = 0; at < from.size(); ) {
            long some = from.transferTo(at, from.size() - at, to);
            if (some <= 0) {
                throw new IOException("the disk writes nothing, and reports no error");
            }
            at += some;
        }
        to.force(true);
    }

    /** A deletion that was reported as failed may be done: then only the copy is left. */
    private static void deleteUnlessGone(Path copy, Path spilled, IOException cause) {
        try {
            if (OpenFile.exists(spilled)) {
                Files.deleteIfExists(copy);
            }
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }
}
