package io.starhash.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/**
 * What {@code --version} says: our version, as the build wrote it down, and the Java that it runs
 * on.
 */
final class Version implements IVersionProvider {
    private static final String RESOURCE = "/io/starhash/version.properties";

    @Override
    public String[] getVersion() throws IOException {
        Properties properties = new Properties();
        try (InputStream in = Version.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IOException("the build left out " + RESOURCE);
            }
            properties.load(in);
        }
        return new String[] {
            "starhash " + properties.getProperty("version"),
            "Java " + Runtime.version() + ", licence AGPL-3.0"
        };
    }
}
