package io.moondial;

import io.moondial.admin.ControlSettings;
import io.moondial.config.Problems;
import io.moondial.file.FileTrouble;
import io.moondial.file.OwnersFolder;
import io.moondial.problem.Problem;
import io.moondial.script.ScriptHost.CompilationObserver;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.ProviderNotFoundException;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The rules and scripts that came into service last, kept in one file of their owner's alone: what
 * an engine can start on while the files that people edit are broken.
 *
 * <p>The file is a ZIP archive: the effective rules, and each script folder as it was. It is
 * written beside its place and then moved there, so it is whole or not there.
 */
public final class LastGood {
    private static final String SUFFIX = ".last-good";
    private static final String RULES = "rules.yaml";

    private final Path rules;
    private final Path file;

    /**
     * The place in which the sets of a rules file are kept; nothing is read or written yet.
     *
     * @param rules as the person named it
     * @param folder made if it is missing, once there is something to keep
     */
    public LastGood(Path rules, Path folder) {
        this.rules = rules;
        this.file = folder.resolve(rules.getFileName() + SUFFIX);
    }

    /** Where the set is, or would be. */
    public Path file() {
        return file;
    }

    private Path folder() {
        return file.toAbsolutePath().resolveSibling("");
    }

    /** When the set that is kept came into service; empty if none is kept. */
    public Optional<Instant> keptAt() {
        try {
            return Optional.of(time());
        } catch (IOException e) {
            return Optional.empty(); // what reads it in earnest says why
        }
    }

    private Instant time() throws IOException {
        return Files.getLastModifiedTime(file).toInstant().truncatedTo(ChronoUnit.SECONDS);
    }

    /**
     * The set that is kept.
     *
     * @param broken why it is read instead of the files
     * @throws IOException if it cannot be read, or others could have written it; the message names
     *     the file
     * @throws ConfigurationException if it was kept by an engine that takes what this one does not
     */
    public Configuration read(List<Problem> broken, CompilationObserver observer)
            throws IOException, ConfigurationException {
        Instant kept;
        try {
            OwnersFolder.require(folder());
            kept = time();
        } catch (IOException e) {
            throw unreadable(e);
        }
        try (FileSystem archive = FileSystems.newFileSystem(file)) {
            return Configuration.readKept(
                    rules,
                    named -> archive.getPath(entry(named)),
                    new Configuration.Kept(kept, broken),
                    observer);
        } catch (ProviderNotFoundException | ZipException e) {
            throw new IOException(file + ": no set is kept in this file, or it is damaged", e);
        } catch (FileSystemException e) {
            throw unreadable(e);
        }
    }

    /**
     * Where an engine with these rules can be asked, whatever state their file is in: an engine
     * that has refused a change, or has started on the kept set, is asked exactly then.
     *
     * @throws ConfigurationException if the file cannot be read at all, and no set is kept
     */
    public ControlSocket controlSocket() throws ConfigurationException {
        Problems problems = new Problems(rules);
        Optional<Path> named = Rules.controlSocket(rules, problems);
        Optional<Path> kept = keptSocket();
        if (named.isPresent()) {
            return new ControlSocket(
                    named.get(),
                    "control: socket in the rules",
                    kept.filter(it -> !it.equals(named.get())).orElse(null),
                    null);
        }
        List<Problem> found = problems.inFileOrder();
        String why = found.getFirst().toString();
        if (kept.isPresent()) {
            return new ControlSocket(
                    kept.get(),
                    ControlSocket.OF_KEPT,
                    null,
                    "%s; so the socket of the set that was in service last is asked: %s"
                            .formatted(why, kept.get()));
        }
        if (Files.notExists(rules)) {
            throw new ConfigurationException(found);
        }
        Path usual = rules.resolveSibling(ControlSettings.SOCKET);
        return new ControlSocket(
                usual,
                "the default",
                null,
                "%s; and no set is kept: there is no %s (--state names another folder); so the default socket is asked: %s (--socket names another)"
                        .formatted(why, file, usual));
    }

    /** That of the kept set; empty if none is kept, or it cannot be read. */
    private Optional<Path> keptSocket() {
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try (FileSystem archive = FileSystems.newFileSystem(file)) {
            return Rules.controlSocket(archive.getPath(RULES), new Problems(rules));
        } catch (IOException | ProviderNotFoundException e) {
            return Optional.empty(); // what starts on it says why
        }
    }

    /**
     * Where an engine is asked.
     *
     * @param asked the socket
     * @param from where its path comes from, in a few words
     * @param otherwise where it is if nobody answers there: that of the set that was in service
     *     last; null: there is no other
     * @param surprise what whoever asks has to know, in a sentence, because the file does not say
     *     which socket it is; null: it does
     */
    public record ControlSocket(
            Path asked, String from, @Nullable Path otherwise, @Nullable String surprise) {
        /** Where the path of the kept set comes from. */
        public static final String OF_KEPT = "that of the set that was in service last";
    }

    private static IOException unreadable(IOException e) {
        return new IOException(FileTrouble.tell(e), e);
    }

    /**
     * Keeps this set instead of the one before.
     *
     * @throws IOException if that cannot be; the set before is then kept still
     */
    void keep(Configuration configuration) throws IOException {
        Path folder = folder();
        OwnersFolder.make(folder);
        Path beside = Files.createTempFile(folder, ".", SUFFIX); // its owner's alone
        try {
            try (FileChannel channel = FileChannel.open(beside, StandardOpenOption.WRITE)) {
                write(configuration, channel);
                channel.force(true);
            }
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(beside);
        }
    }

    private void write(Configuration configuration, FileChannel channel) throws IOException {
        ZipOutputStream zip = new ZipOutputStream(Channels.newOutputStream(channel));
        put(zip, RULES, configuration.rules().print().getBytes(StandardCharsets.UTF_8));
        for (var release : configuration.releases().entrySet()) {
            String folder = entry(release.getKey());
            zip.putNextEntry(new ZipEntry(folder + "/"));
            zip.closeEntry();
            for (Map.Entry<String, byte[]> source : release.getValue().sources().entrySet()) {
                put(zip, folder + "/" + source.getKey(), source.getValue());
            }
        }
        zip.finish();
    }

    private static void put(ZipOutputStream zip, String name, byte[] octets) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(octets);
        zip.closeEntry();
    }

    /** What is named so, within the archive: the rules file, or a script folder. */
    private String entry(Path named) {
        if (named.equals(rules)) {
            return RULES;
        }
        return nameOf(named, rules);
    }

    /**
     * What stands for a script folder where files are kept: a name of a file.
     *
     * @param rules the rules file, as the person named it
     */
    static String nameOf(Path scripts, Path rules) {
        // as the rules say it: the same from whatever folder the engine is started
        Path base = rules.toAbsolutePath().resolveSibling("");
        String relative = base.relativize(scripts.toAbsolutePath()).normalize().toString();
        return "scripts-" + URLEncoder.encode(relative, StandardCharsets.UTF_8);
    }

    /** The releases of the scripts of these rules, which are kept beside it. */
    ScriptReleases releases() {
        return new ScriptReleases(folder().resolve(rules.getFileName() + ".releases"));
    }
}
