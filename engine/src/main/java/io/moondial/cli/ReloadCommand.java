package io.moondial.cli;

import io.moondial.ConfigurationException;
import io.moondial.admin.client.AdminClient;
import io.moondial.admin.client.AdminClient.NotRunningException;
import io.moondial.admin.client.AdminClient.RefusedException;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code ussd reload}. */
@Command(
        name = "reload",
        mixinStandardHelpOptions = true,
        description = {
            "Has a running serve read rules and scripts again, as SIGHUP does, and says what came of it.",
            "Exits with 0 if what is on the disk is in service; with 1 if it was refused, and prints each problem as check does; with 3 if no engine answers."
        })
final class ReloadCommand implements Callable<Integer> {
    /** Longer than the engine waits for files that somebody writes. */
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @Mixin private RulesOption rules;
    @Mixin private EngineOption engine;

    @Option(names = "--json", description = "One JSON object on one line.")
    private boolean json;

    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
    ReloadCommand() {}

    @Override
    public Integer call()
            throws ConfigurationException,
                    NotRunningException,
                    RefusedException,
                    IOException,
                    InterruptedException {
        JsonNode outcome;
        try (AdminClient client = engine.client(rules)) {
            outcome = client.post("/v1/reload").within(PATIENCE).answer();
        }
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        boolean refused = outcome.path("outcome").asString("").equals("refused");
        if (json) {
            out.println(outcome);
        } else {
            err.print(outcome.path("printed").asString(""));
            err.flush();
            (refused ? err : out).println(outcome.path("text").asString(""));
        }
        out.flush();
        err.flush();
        return refused ? ExitCode.FAILED : ExitCode.GOOD;
    }
}
