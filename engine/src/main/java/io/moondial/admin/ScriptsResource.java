package io.moondial.admin;

import io.moondial.problem.Problem;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code /v1/scripts}: the scripts that triggers name, their sources, tests and earlier releases. A
 * script is found among those by its key; nothing that a caller says ever becomes a path.
 */
public final class ScriptsResource implements Resource {
    private final Scripts scripts;
    private final Tests tests;

    /** The scripts of a running engine; from any thread. */
    public interface Scripts {
        /** Those that the rules name now, by service and in the order of the rules. */
        List<Script> all();

        /** The source in service; empty if a reload has just removed it. */
        Optional<byte[]> source(Script script);

        /**
         * What is on the disk, read, compiled and checked now.
         *
         * @throws InterruptedException while it waited for its turn
         */
        OnDisk onDisk(Script script) throws InterruptedException;

        /** The releases that were and are in service, the newest first. */
        List<Release> releases(Script script);

        /** The source of a release; empty if there is none of this name. */
        Optional<byte[]> source(Script script, String version) throws Refusal;

        /**
         * Writes this release over the file of the script, and has it taken up.
         *
         * @param overwrite whether a file that differs from what is in service is overwritten too
         * @param by the name of whoever puts it back
         * @throws Refusal if it is not, or cannot be; then nothing has changed, unless the message
         *     says so
         */
        ReloadResource.Outcome putBack(Script script, String version, boolean overwrite, String by)
                throws Refusal, InterruptedException;
    }

    /** Runs dialog tests; from any thread. */
    public interface Tests {
        /** The tests of a script as they are on the disk; none if they cannot be read. */
        List<Test> of(String service, String key);

        /**
         * Runs them, if no others run.
         *
         * @throws Refusal if others run, or what is on the disk cannot be run
         */
        Report run(String service, String key) throws Refusal, InterruptedException;
    }

    /**
     * A script that dialogs can begin with.
     *
     * @param service the section of the rules that names it
     * @param file where it lies, as the person named its folder; of what relays, the rules
     * @param since when this version came into service
     * @param lastFailure null: none has failed since the start
     * @param thinkP50 NaN: no menu has been answered since the start
     * @param problems how many of what was on the disk when it was last read
     */
    public record Script(
            String service,
            String key,
            Path file,
            String version,
            Instant since,
            boolean switchedOff,
            long begun,
            long failed,
            @Nullable Failure lastFailure,
            double thinkP50,
            int problems) {}

    /** How a dialog failed. */
    public record Failure(Instant at, String text, String instanceId) {}

    /**
     * A script's file.
     *
     * @param source null: it cannot be read, as a problem says
     */
    @SuppressWarnings("ArrayRecordComponent") // goes straight into an answer
    public record OnDisk(byte @Nullable [] source, List<Problem> problems) {}

    /** A version that was in service, and since when it was so last. */
    public record Release(String version, Instant since, boolean inService) {}

    /** A dialog test. */
    public record Test(String file, String name, int line) {}

    /**
     * What came of tests.
     *
     * @param text as the command prints it
     * @param covered the lines of the script that have run
     * @param missed those that have not
     */
    public record Report(
            int passed,
            int failed,
            Duration took,
            String text,
            List<FailedTest> failures,
            List<Integer> covered,
            List<Integer> missed) {}

    /** A test that failed, and what was wrong first. */
    public record FailedTest(String file, int line, String name, String text) {}

    /** The resource. */
    public ScriptsResource(Scripts scripts, Tests tests) {
        this.scripts = scripts;
        this.tests = tests;
    }

    @Override
    public void declare(Routes routes) {
        routes.get("/v1/scripts", Role.VIEWER, this::all);
        routes.get("/v1/scripts/{key}", Role.OPERATOR, this::one);
        routes.post("/v1/scripts/{key}/tests", Role.OPERATOR, this::runTests);
        routes.get("/v1/scripts/{key}/releases/{version}", Role.OPERATOR, this::release);
        routes.post("/v1/scripts/{key}/releases/{version}/restore", Role.ADMIN, this::restore);
    }

    private Answer all(Call call) throws Refusal {
        call.allow();
        ObjectNode json = call.json().createObjectNode();
        ArrayNode array = json.putArray("scripts");
        for (Script script : scripts.all()) {
            array.add(json(call, script));
        }
        return Answer.json(json);
    }

    private static ObjectNode json(Call call, Script script) {
        ObjectNode json = call.json().createObjectNode();
        json.put("service", script.service());
        json.put("key", script.key());
        json.put("file", script.file().toString());
        json.put("version", script.version());
        json.put("since", script.since().toString());
        json.put("state", script.switchedOff() ? "switched_off" : "on");
        json.put("begun", script.begun());
        json.put("failed", script.failed());
        Failure failure = script.lastFailure();
        if (failure != null) {
            json.putObject("last_failure")
                    .put("at", failure.at().toString())
                    .put("text", call.caller().text(failure.text()))
                    .put("instance_id", failure.instanceId());
        }
        json.put(
                "think_p50_ms",
                Double.isNaN(script.thinkP50()) ? null : (Double) (script.thinkP50() * 1_000));
        json.put("problems", script.problems());
        return json;
    }

    /** The script that the path and the query name. */
    private Script script(Call call) throws Refusal {
        String key = call.path("key");
        String service = call.query("service");
        List<Script> found =
                scripts.all().stream()
                        .filter(it -> it.key().equals(key))
                        .filter(it -> service == null || it.service().equals(service))
                        .toList();
        if (found.isEmpty()) {
            throw Refusal.notFound(
                    "no trigger%s names such a script; GET /v1/scripts lists those that there are"
                            .formatted(service == null ? "" : " of that service"));
        }
        return found.getFirst();
    }

    private Answer one(Call call) throws Refusal, InterruptedException {
        call.allow("service");
        Script script = script(call);
        byte[] source =
                scripts.source(script)
                        .orElseThrow(() -> Refusal.notFound("the script has just been removed"));
        OnDisk disk = scripts.onDisk(script);
        ObjectNode json = call.json().createObjectNode();
        json.set("script", json(call, script));
        String inService = text(source);
        json.put("source", inService);
        String there = disk.source() == null ? null : text(disk.source());
        json.put("on_disk", inService.equals(there) ? null : there);
        json.set("problems", RulesResource.problems(call.json(), disk.problems()));
        ArrayNode array = json.putArray("tests");
        for (Test test : tests.of(script.service(), script.key())) {
            array.addObject()
                    .put("file", test.file())
                    .put("name", test.name())
                    .put("line", test.line());
        }
        ArrayNode releases = json.putArray("releases");
        for (Release release : scripts.releases(script)) {
            releases.addObject()
                    .put("version", release.version())
                    .put("since", release.since().toString())
                    .put("in_service", release.inService());
        }
        return Answer.json(json);
    }

    /** Lua's strings are octets; what is not UTF-8 is shown as U+FFFD. */
    private static String text(byte[] source) {
        return new String(source, StandardCharsets.UTF_8);
    }

    private Answer release(Call call) throws Refusal {
        call.allow("service");
        byte[] source =
                scripts.source(script(call), call.path("version"))
                        .orElseThrow(ScriptsResource::noRelease);
        return Answer.text("text/plain", text(source));
    }

    private static Refusal noRelease() {
        return Refusal.notFound("no such release of this script is kept");
    }

    private Answer restore(Call call) throws Refusal, InterruptedException {
        call.allow("service", "overwrite");
        Script script = script(call);
        String version = call.path("version");
        if (scripts.releases(script).stream().noneMatch(it -> it.version().equals(version))) {
            throw noRelease();
        }
        String overwrite = call.query("overwrite");
        if (overwrite != null && !overwrite.equals("true") && !overwrite.equals("false")) {
            throw Refusal.badRequest("overwrite is '" + overwrite + "'; allowed is true or false");
        }
        ReloadResource.Outcome outcome =
                scripts.putBack(script, version, "true".equals(overwrite), call.caller().name());
        String more =
                scripts.all().stream()
                        .filter(it -> outcome.kind() != ReloadResource.Outcome.Kind.REFUSED)
                        .filter(it -> it.file().equals(script.file()))
                        .filter(it -> !it.version().equals(version))
                        .findFirst()
                        .map(ScriptsResource::otherModules)
                        .orElse("");
        return Answer.json(outcome.as(outcome.kind(), outcome.text() + more).toJson(call.json()));
    }

    private static String otherModules(Script script) {
        return "; %s has this source, and is version %s, because modules that it requires are others now"
                .formatted(script.file(), script.version());
    }

    private Answer runTests(Call call) throws Refusal, InterruptedException {
        call.allow("service");
        Script script = script(call);
        Report report = tests.run(script.service(), script.key());
        ObjectNode json = call.json().createObjectNode();
        json.put("passed", report.passed());
        json.put("failed", report.failed());
        json.put("took_ms", report.took().toMillis());
        json.put("report", report.text());
        ArrayNode failures = json.putArray("failures");
        for (FailedTest failed : report.failures()) {
            failures.addObject()
                    .put("file", failed.file())
                    .put("line", failed.line())
                    .put("name", failed.name())
                    .put("text", failed.text());
        }
        ObjectNode coverage = json.putObject("coverage");
        ArrayNode covered = coverage.putArray("covered");
        report.covered().forEach(covered::add);
        ArrayNode missed = coverage.putArray("missed");
        report.missed().forEach(missed::add);
        return Answer.json(json);
    }
}
