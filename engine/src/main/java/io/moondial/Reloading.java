package io.moondial;

import io.moondial.admin.EngineStatus.ReloadStatus;
import io.moondial.admin.ReloadResource.Outcome;
import io.moondial.config.ChangedSettings.Change;
import io.moondial.logic.LuaService;
import io.moondial.logic.ServiceDesk;
import io.moondial.metrics.Counters;
import io.moondial.problem.Problem;
import io.moondial.reload.FileWatch.Source;
import io.moondial.reload.WatchedFiles;
import io.moondial.script.ScriptRelease;
import io.moondial.script.api.Backend;
import io.moondial.script.api.Backends;
import io.moondial.text.LogText;
import io.moondial.time.Time;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The succession of configurations in a running engine: the next one is read, compiled and checked
 * as a whole beside the one in service, then takes its place in one step, or is refused with
 * everything that is wrong in it. It happens on the thread that watches the files.
 */
final class Reloading implements Source {
    private static final Logger log = LoggerFactory.getLogger("reload");

    private static final String STAYS = "not reloaded, the scripts and rules in service stay: ";

    /** No more problems of one refusal are logged; {@code ussd check} shows all. */
    private static final int MAX_LOGGED = 100;

    private final Rules started;
    private final ServiceDesk desk;
    private final Backends backends;
    private final Counters counters;
    private final Time time;
    private final Consumer<Configuration> applied;
    private final Consumer<Outcome> told;
    private final ScriptFolders folders;
    private volatile Configuration current;
    private Set<Change> waiting = Set.of();
    private boolean looked;

    /** Asked for since the last look at the files, from any thread. */
    private final Queue<Asked> asked = new ConcurrentLinkedQueue<>();

    /** Asked for before the last look: what comes of it is their answer. */
    private final List<Asked> due = new ArrayList<>();

    /** Somebody of this name waits for an outcome. */
    private record Asked(String by, CompletableFuture<Outcome> outcome) {}

    private volatile boolean closed;
    private volatile ReloadStatus status;
    private volatile List<Problem> problems;

    /**
     * Nothing happens yet.
     *
     * @param current what the engine started with, and serves
     * @param applied told about each configuration that comes into service
     * @param told what came of each look at the files
     */
    Reloading(
            Configuration current,
            ServiceDesk desk,
            Backends backends,
            Counters counters,
            Time time,
            Consumer<Configuration> applied,
            Consumer<Outcome> told) {
        this.current = current;
        this.time = time;
        this.status = atStart(current.kept(), time.now());
        this.problems = atStart(current);
        this.started = current.rules();
        this.desk = desk;
        this.backends = backends;
        this.counters = counters;
        this.applied = applied;
        this.told = told;
        this.folders = new ScriptFolders(started.file());
    }

    private static ReloadStatus atStart(Configuration.@Nullable Kept kept, Instant now) {
        return kept == null
                ? ReloadStatus.NONE
                : new ReloadStatus(
                        null, ReloadStatus.Refusal.of(now, kept.broken()), kept.at(), List.of());
    }

    private static List<Problem> atStart(Configuration first) {
        Configuration.Kept kept = first.kept();
        return kept == null ? first.warnings() : kept.broken();
    }

    @Override
    public WatchedFiles watched() {
        // what the file names now, which may be what a refused one waits for, and what is in
        // service
        Set<Path> all = new HashSet<>(folders.named());
        all.addAll(current.releases().keySet());
        Set<Path> files = new HashSet<>(current.rules().modules().files());
        files.add(started.file());
        return new WatchedFiles(files, all);
    }

    @Override
    public Duration interval() {
        return current.rules().script().reloadInterval();
    }

    @Override
    public boolean isAsked() {
        return !asked.isEmpty() || !due.isEmpty();
    }

    @Override
    public Runnable prepare() {
        boolean first = !looked;
        looked = true;
        for (Asked one; (one = asked.poll()) != null; ) {
            due.add(one);
        }
        if (first) {
            tell(current.warnings());
        }
        long began = System.nanoTime();
        try {
            Configuration next = current.readAgain();
            List<LuaService> services = next.services();
            ConfigurationChange change = ConfigurationChange.between(current, next);
            return first && change.isNothing() && current.kept() == null && due.isEmpty()
                    ? () ->
                            answer(
                                    new Outcome(
                                            Outcome.Kind.UNCHANGED,
                                            change.toString(),
                                            next.warnings()))
                    : () -> answer(putInService(next, services, change, began));
        } catch (ConfigurationException e) {
            return () -> answer(refuse(e.problems()));
        } catch (RuntimeException e) {
            return () -> answer(failed(e));
        }
    }

    /**
     * Somebody of this name waits for the outcome of the next look at the files; from any thread.
     *
     * @return cancelled if there is none any more
     */
    CompletableFuture<Outcome> ask(String by) {
        CompletableFuture<Outcome> future = new CompletableFuture<>();
        asked.add(new Asked(by, future));
        if (closed) {
            future.cancel(false);
        }
        return future;
    }

    private void answer(Outcome outcome) {
        due.forEach(it -> it.outcome().complete(outcome));
        due.clear();
        told.accept(outcome);
    }

    /** Nobody looks at the files any more. */
    void close() {
        closed = true;
        due.forEach(it -> it.outcome().cancel(false));
        asked.forEach(it -> it.outcome().cancel(false));
    }

    /** How changes stand; from any thread. */
    ReloadStatus status() {
        return status;
    }

    /** What is in service; from any thread. */
    Configuration current() {
        return current;
    }

    /**
     * What is wrong, or may be, in what the files held when they were last read; from any thread.
     */
    List<Problem> problems() {
        return problems;
    }

    private Outcome putInService(
            Configuration next, List<LuaService> services, ConfigurationChange change, long began) {
        List<String> modules;
        try {
            modules = backends.reload(next.rules().modules());
        } catch (Backend.BackendException e) {
            String why = String.valueOf(e.getMessage());
            return refuse(List.of(new Problem(next.rules().file(), 0, 0, why)));
        } catch (RuntimeException e) {
            return failed(e);
        }
        List<Problem> fresh = new ArrayList<>(next.warnings());
        fresh.removeAll(current.warnings());
        desk.serve(services);
        current = next;
        problems = next.warnings();
        counters.increment("reloads.done");
        applied.accept(next);
        long micros = (System.nanoTime() - began) / 1_000;
        ConfigurationChange whole = change.of(modules);
        log.info("reloaded in {}.{} ms: {}", micros / 1_000, micros / 100 % 10, whole);
        tell(fresh);
        tellWhatWaits();
        List<String> settings = waiting.stream().map(Change::toString).sorted().toList();
        List<String> by = due.stream().map(Asked::by).distinct().sorted().toList();
        status = new ReloadStatus(time.now(), by, null, null, settings);
        StringBuilder text =
                new StringBuilder(
                        "reloaded in %d.%d ms: %s"
                                .formatted(micros / 1_000, micros / 100 % 10, whole));
        settings.forEach(it -> text.append("; ").append(it).append(" waits for a restart"));
        return new Outcome(
                whole.isNothing() && modules.isEmpty()
                        ? Outcome.Kind.UNCHANGED
                        : Outcome.Kind.RELOADED,
                text.toString(),
                next.warnings());
    }

    /** What may be meant so, and stops nothing. */
    private static void tell(List<Problem> warnings) {
        // a file may be called anything
        warnings.stream()
                .limit(MAX_LOGGED)
                .forEach(problem -> log.warn("{}", LogText.of(problem.toString())));
        if (warnings.size() > MAX_LOGGED) {
            log.warn("and {} more: ussd check shows them all", warnings.size() - MAX_LOGGED);
        }
    }

    private void tellWhatWaits() {
        Set<Change> now = new HashSet<>();
        for (Change change : current.rules().changesSince(started)) {
            if (change.waitsForRestart()) {
                now.add(change);
                if (!waiting.contains(change)) {
                    log.warn("{} waits for a restart", change);
                }
            }
        }
        waiting = now;
    }

    private Outcome refuse(List<Problem> problems) {
        this.problems = List.copyOf(problems);
        refused(ReloadStatus.Refusal.of(time.now(), problems));
        String count = problems.size() == 1 ? "one problem" : problems.size() + " problems";
        log.error("not reloaded, the scripts and rules in service stay: {} to fix", count);
        // a file may be called anything
        problems.stream()
                .limit(MAX_LOGGED)
                .forEach(problem -> log.error("{}", LogText.of(problem.toString())));
        if (problems.size() > MAX_LOGGED) {
            log.error("and {} more: ussd check shows them all", problems.size() - MAX_LOGGED);
        }
        return new Outcome(Outcome.Kind.REFUSED, STAYS + count + " to fix", problems);
    }

    /** With several refusals on end, the first has been the time since when. */
    private void refused(ReloadStatus.Refusal now) {
        counters.increment("reloads.rejected");
        ReloadStatus.Refusal before = status.refusal();
        Instant since = before == null ? now.since() : before.since();
        status =
                new ReloadStatus(
                        status.lastDone(),
                        status.lastBy(),
                        new ReloadStatus.Refusal(since, now.problems(), now.first()),
                        status.keptAt(),
                        status.waiting());
    }

    private Outcome failed(RuntimeException fault) {
        refused(new ReloadStatus.Refusal(time.now(), 1, List.of("internal fault: " + fault)));
        log.error("not reloaded, the scripts and rules in service stay: internal fault", fault);
        return new Outcome(
                Outcome.Kind.REFUSED,
                STAYS + "internal fault: the log has its trace",
                List.of(new Problem(started.file(), 0, 0, "internal fault: " + fault)));
    }

    /**
     * The script folders that a rules file names, be the file sound or not; read again once
     * changed.
     */
    private static final class ScriptFolders {
        private static final int MAX_OCTETS = 64 << 20;

        private final Path file;
        private byte[] octets = {};
        private Set<Path> named = Set.of();

        ScriptFolders(Path file) {
            this.file = file;
        }

        Set<Path> named() {
            byte[] now = read();
            if (!Arrays.equals(now, octets)) {
                octets = now;
                named = Rules.scriptFolders(file);
            }
            return named;
        }

        private byte[] read() {
            if (!Files.isRegularFile(file)) {
                return new byte[0];
            }
            try (InputStream in = Files.newInputStream(file)) {
                return in.readNBytes(MAX_OCTETS);
            } catch (IOException e) {
                // what reads it in earnest says why; the folders stay those it named before
                return octets;
            }
        }
    }

    /**
     * What differs between a configuration and the one before it, for people.
     *
     * @param scripts scripts and modules with their versions
     * @param settings keys of the rules that are applied at once
     * @param rulesDiffer whether the rules differ at all, even if only in what waits for a restart,
     *     or in lines
     */
    private record ConfigurationChange(
            List<String> scripts, List<String> settings, boolean rulesDiffer) {
        private static final int MAX_TOLD = 20;

        ConfigurationChange {
            scripts = List.copyOf(scripts);
            settings = List.copyOf(settings);
        }

        static ConfigurationChange between(Configuration before, Configuration after) {
            return new ConfigurationChange(
                    scripts(versions(before), versions(after)),
                    after.rules().changesSince(before.rules()).stream()
                            .filter(change -> !change.waitsForRestart())
                            .map(Change::toString)
                            .toList(),
                    !before.rules().equals(after.rules()));
        }

        /** Versions by name: that in the folder, after the folder if there are several. */
        private static SortedMap<String, String> versions(Configuration configuration) {
            Map<Path, ScriptRelease> releases = configuration.releases();
            SortedMap<String, String> versions = new TreeMap<>();
            releases.forEach(
                    (folder, release) ->
                            release.versions()
                                    .forEach(
                                            (name, version) ->
                                                    versions.put(
                                                            releases.size() > 1
                                                                    ? folder.resolve(name)
                                                                            .toString()
                                                                    : name,
                                                            version)));
            return versions;
        }

        private static List<String> scripts(Map<String, String> before, Map<String, String> after) {
            Set<String> names = new TreeSet<>(before.keySet());
            names.addAll(after.keySet());
            List<String> changes = new ArrayList<>();
            for (String name : names) {
                String old = before.get(name);
                String fresh = after.get(name);
                if (old == null) {
                    changes.add(name + " " + fresh + " added");
                } else if (fresh == null) {
                    changes.add(name + " removed");
                } else if (!old.equals(fresh)) {
                    changes.add(name + " " + old + " -> " + fresh);
                }
            }
            return changes;
        }

        /** The same, where the settings of these modules differ: perhaps only in their files. */
        ConfigurationChange of(List<String> modules) {
            List<String> all = new ArrayList<>(settings);
            modules.stream()
                    .filter(it -> settings.stream().noneMatch(told -> told.startsWith(it + ".")))
                    .map(it -> "a file or a variable that " + it + " names")
                    .forEach(all::add);
            return new ConfigurationChange(scripts, all, rulesDiffer);
        }

        /** Whether nothing differs that could be in service. */
        boolean isNothing() {
            return scripts.isEmpty() && !rulesDiffer;
        }

        /** One line. */
        @Override
        public String toString() {
            List<String> all = new ArrayList<>(scripts);
            all.addAll(settings);
            if (all.isEmpty()) {
                return "no script and no setting in service differs";
            }
            String told = String.join(", ", all.subList(0, Math.min(all.size(), MAX_TOLD)));
            return all.size() > MAX_TOLD
                    ? told + " and " + (all.size() - MAX_TOLD) + " more"
                    : told;
        }
    }
}
