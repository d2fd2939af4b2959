package io.moondial;

import io.moondial.admin.Refusal;
import io.moondial.admin.ReloadResource.Outcome;
import io.moondial.admin.ReloadResource.Reload;
import io.moondial.admin.ScriptsResource.Failure;
import io.moondial.admin.ScriptsResource.OnDisk;
import io.moondial.admin.ScriptsResource.Release;
import io.moondial.admin.ScriptsResource.Script;
import io.moondial.admin.ScriptsResource.Scripts;
import io.moondial.dialog.DialogKind;
import io.moondial.file.FileTrouble;
import io.moondial.file.PlainFile;
import io.moondial.file.PlainFile.UnreadableFileException;
import io.moondial.lang.Texts;
import io.moondial.logic.DialogMetrics.OfScript;
import io.moondial.logic.LuaService.ScriptStatus;
import io.moondial.logic.ServiceDesk;
import io.moondial.metrics.Counters;
import io.moondial.problem.Problem;
import io.moondial.rules.NotifySettings;
import io.moondial.rules.Trigger;
import io.moondial.script.ScriptRelease;
import io.moondial.script.ScriptSettings;
import io.moondial.text.LogText;
import io.moondial.time.Time;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The scripts of a running engine, for those who ask: what is in service, what the disk has, and
 * the releases before. A release is kept from when it comes into service.
 */
final class ServedScripts implements Scripts {
    private static final Logger log = LoggerFactory.getLogger("reload");
    private static final int MAX_OCTETS = 1 << 20;
    private static final String SUFFIX = ".lua";

    private final Reloading reloading;
    private final ServiceDesk desk;
    private final Counters counters;
    private final Time time;
    private final Instant started;
    private final Reload reload;

    /** Compiling all scripts takes a processor: one at a time. */
    private final ReentrantLock looking = new ReentrantLock();

    private final ReentrantLock writing = new ReentrantLock();

    /** What is in service since when, by its file; replaced as a whole. */
    private volatile Map<Path, Since> since = Map.of();

    private volatile @Nullable ScriptReleases kept;

    private record Since(String version, Instant time) {}

    /**
     * Those of an engine.
     *
     * @param reload has the files read again
     */
    ServedScripts(
            Reloading reloading,
            ServiceDesk desk,
            Counters counters,
            Time time,
            Instant started,
            Reload reload) {
        this.reloading = reloading;
        this.desk = desk;
        this.counters = counters;
        this.time = time;
        this.started = started;
        this.reload = reload;
    }

    // ---- what comes into service

    /**
     * From now on releases are kept there, beginning with those in service now. Call this before
     * changes are followed.
     */
    void keepIn(ScriptReleases place) {
        kept = place;
        inService(reloading.current(), started);
    }

    /** This is in service from now on; on the thread of reloads. */
    void inService(Configuration now) {
        inService(now, time.now());
    }

    private void inService(Configuration now, Instant from) {
        Map<Path, Since> before = since;
        Map<Path, Since> all = new HashMap<>();
        List<Named> fresh = new ArrayList<>();
        List<Named> scripts = named(now);
        for (Named script : scripts) {
            Since known = before.get(script.file());
            if (known != null && known.version().equals(script.version())) {
                all.put(script.file(), known);
            } else {
                all.put(script.file(), firstSeen(script, from));
                fresh.add(script);
            }
        }
        for (ScriptStatus relay : desk.scripts().stream().filter(ServedScripts::relays).toList()) {
            Path file = file(now, relay);
            if (file != null) {
                Since first = new Since(relay.version(), from);
                all.put(file, before.getOrDefault(file, first));
            }
        }
        since = Map.copyOf(all);
        ScriptReleases place = kept;
        if (place != null && !fresh.isEmpty()) {
            fresh.forEach(it -> keep(() -> place.keep(it.place(), release(it), it.source())));
            ScriptSettings.Releases limits = now.rules().script().releases();
            Set<Path> needed =
                    scripts.stream()
                            .map(it -> place.file(it.place(), it.version()))
                            .collect(Collectors.toSet());
            keep(() -> place.trim(limits.keepReleases(), limits.keepReleasesSize(), needed));
        }
    }

    private ScriptReleases.Kept release(Named script) {
        return new ScriptReleases.Kept(script.version(), since(script.file(), script.version()));
    }

    /** Since when a version is in service; it may have come so just now. */
    private Instant since(Path file, String version) {
        Since known = since.get(file);
        return known != null && known.version().equals(version)
                ? known.time()
                : time.now().truncatedTo(ChronoUnit.MILLIS);
    }

    private interface Keeping {
        void run() throws IOException;
    }

    /** If it cannot be, a release cannot be put back later; what is in service is not touched. */
    private void keep(Keeping it) {
        try {
            it.run();
        } catch (IOException e) {
            counters.increment("releases.failures");
            log.warn(
                    "releases of scripts could not be kept, and cannot be put back later: {}",
                    LogText.of(FileTrouble.tell(e)));
        }
    }

    /** A version that an engine before this one had in service last is so since then. */
    private Since firstSeen(Named script, Instant from) {
        String version = script.version();
        ScriptReleases place = kept;
        if (place != null && from.equals(started)) {
            List<ScriptReleases.Kept> newest = place.of(script.place());
            if (!newest.isEmpty() && newest.getFirst().version().equals(version)) {
                return new Since(version, newest.getFirst().since());
            }
        }
        return new Since(version, from.truncatedTo(ChronoUnit.MILLIS));
    }

    /**
     * A script that the rules name, or a file of texts.
     *
     * @param label relative to the script folder
     * @param file as the person named its folder
     */
    private record Named(
            ScriptRelease release, ScriptReleases.Place place, String label, Path file) {
        String version() {
            return String.valueOf(release.versions().get(label()));
        }

        byte[] source() {
            byte[] source = release.sources().get(label());
            return source == null ? new byte[0] : source;
        }
    }

    private List<Named> named(Configuration now) {
        Map<Path, Named> all = new LinkedHashMap<>();
        for (ScriptStatus script : desk.scripts()) {
            Named named = named(now, script.service(), script.key());
            if (named != null) {
                all.put(named.file(), named);
            }
        }
        now.releases().forEach((folder, release) -> texts(now, folder, release, all));
        return List.copyOf(all.values());
    }

    private static void texts(
            Configuration now, Path folder, ScriptRelease release, Map<Path, Named> all) {
        String scripts = LastGood.nameOf(folder, now.rules().file());
        for (String language : release.texts().languages()) {
            String label = Texts.label(language);
            Path file = folder.resolve(label);
            ScriptReleases.Place place = ScriptReleases.Place.ofTexts(scripts, language);
            all.put(file, new Named(release, place, label, file));
        }
    }

    /** Null: a reload has removed it meanwhile. */
    private static @Nullable Named named(Configuration now, String service, String key) {
        Path folder = folder(now, service);
        ScriptRelease release = folder == null ? null : now.releases().get(folder);
        return folder == null || release == null || !release.versions().containsKey(key + SUFFIX)
                ? null
                : new Named(
                        release,
                        ScriptReleases.Place.ofScript(
                                LastGood.nameOf(folder, now.rules().file()), key),
                        key + SUFFIX,
                        folder.resolve(key + SUFFIX));
    }

    /** Whether it is the engine's own, which relays what triggers name a node for. */
    private static boolean relays(ScriptStatus script) {
        return script.key().equals(Trigger.RELAYING);
    }

    /** Of what relays, the rules, which name the node. Null: a reload has removed it meanwhile. */
    private static @Nullable Path file(Configuration now, ScriptStatus script) {
        Path folder = folder(now, script.service());
        if (folder == null) {
            return null;
        }
        return relays(script) ? now.rules().file() : folder.resolve(script.key() + SUFFIX);
    }

    private static @Nullable Path folder(Configuration now, String service) {
        if (!service.equals(DialogKind.NOTIFIED.section())) {
            return now.rules().process().scriptDir();
        }
        NotifySettings inbound = now.rules().inboundNotify();
        return inbound == null ? null : inbound.scriptDir();
    }

    // ---- for those who ask

    @Override
    public List<Script> all() {
        Configuration now = reloading.current();
        List<Problem> problems = reloading.problems();
        Map<String, OfScript> counted = new HashMap<>();
        desk.metrics().scripts().forEach(it -> counted.put(it.service() + ' ' + it.script(), it));
        List<Script> all = new ArrayList<>();
        for (ScriptStatus script : desk.scripts()) {
            Path file = file(now, script);
            if (file != null) {
                OfScript counts = counted.get(script.service() + ' ' + script.key());
                all.add(script(script, file, counts, of(problems, file).size()));
            }
        }
        return all;
    }

    private Script script(ScriptStatus script, Path file, @Nullable OfScript counts, int problems) {
        OfScript.Failure failure = counts == null ? null : counts.lastFailure();
        return new Script(
                script.service(),
                script.key(),
                file,
                script.version(),
                since(file, script.version()),
                script.switchedOff(),
                counts == null ? 0 : counts.begun(),
                counts == null ? 0 : counts.finished("failed"),
                failure == null
                        ? null
                        : new Failure(failure.at(), failure.text(), failure.instanceId()),
                counts == null ? Double.NaN : counts.thinking().sum().quantile(0.5),
                problems);
    }

    /**
     * Those of a script's file, of the modules beside it, which it may require, and of its texts.
     */
    private static List<Problem> of(List<Problem> problems, Path file) {
        Path library = file.resolveSibling("lib");
        Path texts = file.resolveSibling(Texts.FOLDER);
        return problems.stream()
                .filter(
                        it ->
                                it.file().equals(file)
                                        || it.file().startsWith(library)
                                        || it.file().startsWith(texts))
                .toList();
    }

    @Override
    public Optional<byte[]> source(Script script) {
        return Optional.ofNullable(named(reloading.current(), script.service(), script.key()))
                .map(Named::source);
    }

    @Override
    public OnDisk onDisk(Script script) throws InterruptedException {
        looking.lockInterruptibly();
        try {
            List<Problem> problems = new ArrayList<>(of(check(), script.file()));
            byte[] source = null;
            try {
                source = PlainFile.read(script.file(), MAX_OCTETS);
            } catch (UnreadableFileException e) {
                if (problems.stream().noneMatch(it -> it.file().equals(script.file()))) {
                    problems.add(new Problem(script.file(), 0, 0, e.reason()));
                }
            }
            return new OnDisk(source, problems);
        } finally {
            looking.unlock();
        }
    }

    private List<Problem> check() {
        try {
            return reloading.current().readAgain().warnings();
        } catch (ConfigurationException e) {
            return e.problems();
        }
    }

    @Override
    public List<Release> releases(Script script) {
        Named named = named(reloading.current(), script.service(), script.key());
        if (named == null) {
            return List.of();
        }
        String version = named.version();
        List<Release> releases = new ArrayList<>();
        ScriptReleases place = kept;
        if (place != null) {
            place.of(named.place()).stream()
                    .filter(it -> !it.version().equals(version))
                    .forEach(it -> releases.add(new Release(it.version(), it.since(), false)));
        }
        releases.addFirst(new Release(version, script.since(), true));
        return releases;
    }

    @Override
    public Optional<byte[]> source(Script script, String version) throws Refusal {
        Named named = named(reloading.current(), script.service(), script.key());
        ScriptReleases place = kept;
        if (named == null) {
            return Optional.empty();
        }
        if (named.version().equals(version)) {
            return Optional.of(named.source());
        }
        try {
            return place == null ? Optional.empty() : place.source(named.place(), version);
        } catch (IOException e) {
            throw Refusal.conflict("the release cannot be read: " + e.getMessage());
        }
    }

    // ---- put back

    @Override
    public Outcome putBack(Script script, String version, boolean overwrite, String by)
            throws Refusal, InterruptedException {
        writing.lockInterruptibly();
        try {
            byte[] wanted =
                    source(script, version)
                            .orElseThrow(
                                    () ->
                                            Refusal.notFound(
                                                    "no such release of this script is kept"));
            byte[] inService = inService(script);
            byte[] there = read(script.file());
            if (Arrays.equals(there, wanted) && Arrays.equals(inService, wanted)) {
                return new Outcome(
                        Outcome.Kind.UNCHANGED,
                        script.file() + " has this source already, and it is in service",
                        reloading.problems());
            }
            if (!overwrite && !Arrays.equals(there, inService)) {
                throw Refusal.conflict(
                        there == null
                                ? "there is no %s any more: to make it again, ask with overwrite=true"
                                        .formatted(script.file())
                                : "%s differs from what is in service, and would be lost: keep a copy of it, then ask with overwrite=true"
                                        .formatted(script.file()));
            }
            replace(script.file(), wanted, there != null);
            log.info("{} is written over by its release {}", script.file(), version);
            return takenUp(script, wanted, inService, by);
        } catch (IOException e) {
            throw Refusal.conflict("nothing is put back: " + FileTrouble.tell(e));
        } finally {
            writing.unlock();
        }
    }

    private byte[] inService(Script script) throws Refusal {
        return source(script)
                .orElseThrow(() -> Refusal.conflict("the script has just been removed"));
    }

    /**
     * Has the files read again, which the engine may have done already because one was written.
     *
     * @param before the source that was in service
     */
    private Outcome takenUp(Script script, byte[] wanted, byte[] before, String by)
            throws Refusal, InterruptedException {
        Outcome outcome;
        try {
            outcome = reload.reload(by);
        } catch (Refusal e) {
            throw Refusal.conflict("%s is written; %s".formatted(script.file(), e.getMessage()));
        }
        if (outcome.kind() == Outcome.Kind.REFUSED) {
            return outcome.as(
                    Outcome.Kind.REFUSED,
                    "%s is written; %s".formatted(script.file(), outcome.text()));
        }
        if (!Arrays.equals(inService(script), wanted)) {
            throw Refusal.conflict(
                    "%s was written, and then changed by somebody else: that is in service now"
                            .formatted(script.file()));
        }
        return outcome.as(
                Arrays.equals(before, wanted) ? Outcome.Kind.UNCHANGED : Outcome.Kind.RELOADED,
                script.file() + " is written, and in service");
    }

    /** Null: there is no such file. */
    private static byte @Nullable [] read(Path file) throws IOException, Refusal {
        if (Files.notExists(file, LinkOption.NOFOLLOW_LINKS)) {
            return null;
        }
        Optional<String> objection =
                PlainFile.objection(file, file.toAbsolutePath().resolveSibling("").toRealPath());
        if (objection.isPresent()) {
            throw Refusal.conflict(file + " is " + objection.get());
        }
        try {
            return PlainFile.read(file, MAX_OCTETS);
        } catch (UnreadableFileException e) {
            throw Refusal.conflict(file + ": " + e.reason());
        }
    }

    /** In one step, for those who read it: owner, group and permissions stay as they are. */
    private static void replace(Path file, byte[] content, boolean there)
            throws IOException, Refusal {
        Path real = there ? file.toRealPath() : file;
        FileAttribute<?> nobodyElse =
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        Path beside = Files.createTempFile(real.resolveSibling(""), ".", ".tmp", nobodyElse);
        try {
            Files.write(beside, content, StandardOpenOption.WRITE, StandardOpenOption.SYNC);
            PosixFileAttributeView view =
                    Files.getFileAttributeView(beside, PosixFileAttributeView.class);
            if (there) {
                likeBefore(view, Files.readAttributes(real, PosixFileAttributes.class), file);
            } else {
                view.setPermissions(PosixFilePermissions.fromString("rw-r--r--"));
            }
            Files.move(beside, real, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(beside);
        }
    }

    private static void likeBefore(
            PosixFileAttributeView view, PosixFileAttributes before, Path file)
            throws IOException, Refusal {
        PosixFileAttributes made = view.readAttributes();
        try {
            if (!made.owner().equals(before.owner())) {
                view.setOwner(before.owner());
            }
            if (!made.group().equals(before.group())) {
                view.setGroup(before.group());
            }
            view.setPermissions(before.permissions());
        } catch (IOException e) {
            throw Refusal.conflict(
                    "%s belongs to %s:%s, and %s cannot write files of theirs: put the release back by hand"
                            .formatted(file, before.owner(), before.group(), FileTrouble.user()));
        }
    }
}
