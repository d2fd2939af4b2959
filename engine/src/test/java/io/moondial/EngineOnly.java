package io.moondial;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;

/** The engine's classes without those of its tests, whatever the folder they were compiled into. */
public final class EngineOnly implements ImportOption {
    private static final ImportOption USUAL = new DoNotIncludeTests();

    @Override
    public boolean includes(Location location) {
        return USUAL.includes(location) && !location.contains("/test/io/moondial/");
    }
}
