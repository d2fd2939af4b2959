package io.moondial.cli;

import io.moondial.Build;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} says: our version, and the Java that it runs on. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {
            "moondial " + Build.version(), "Java " + Runtime.version() + ", licence AGPL-3.0"
        };
    }
}
