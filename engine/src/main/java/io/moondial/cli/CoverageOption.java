package io.moondial.cli;

import io.moondial.coverage.Coverage;
import io.moondial.coverage.CoverageFolder;
import io.moondial.coverage.FileCoverage;
import io.moondial.coverage.TextReport;
import io.moondial.file.FileTrouble;
import io.moondial.script.CompilationObserver;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Stack;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** {@code --coverage[=DIR]}: what of the scripts has run. */
final class CoverageOption {
    private static final String TABLE_ALONE = "";

    @Option(
            names = "--coverage",
            paramLabel = "DIR",
            arity = "0..1",
            fallbackValue = TABLE_ALONE,
            preprocessor = OnlyAttached.class,
            description =
                    "Shows which lines and branches of each script ran; with =DIR writes DIR/lcov.info and DIR/index.html, "
                            + "too.")
    private @Nullable Path folder;

    private final Coverage coverage = new Coverage();

    /** Whether it was asked for. */
    boolean given() {
        return folder != null;
    }

    /** What has to see the scripts being compiled. */
    CompilationObserver observer() {
        return given() ? coverage : CompilationObserver.NONE;
    }

    /** Tells, where that was asked for; false where a file could not be written. */
    boolean report(PrintWriter out, PrintWriter err) {
        Path wanted = folder;
        if (wanted == null) {
            return true;
        }
        List<FileCoverage> files = coverage.files();
        out.print(TextReport.of(files));
        out.flush();
        if (wanted.toString().equals(TABLE_ALONE)) {
            return true;
        }
        try {
            CoverageFolder.write(wanted, files);
        } catch (IOException e) {
            err.println("ussd: the coverage cannot be written: " + FileTrouble.tell(e));
            return false;
        }
        return true;
    }

    /** What stands behind the option by itself is not its DIR but a PATH of tests. */
    private static final class OnlyAttached implements IParameterPreprocessor {
        @Override
        @SuppressWarnings("JdkObsolete") // picocli's interface
        public boolean preprocess(
                Stack<String> arguments,
                CommandSpec command,
                ArgSpec option,
                Map<String, Object> info) {
            if (!"=".equals(info.get("separator"))) {
                arguments.push(TABLE_ALONE);
            }
            return false;
        }
    }
}
