/** What is in EDR files, for those who ask: records, dialogs, and whether the files are sound. */
@NullMarked
package io.moondial.edr.report;

import org.jspecify.annotations.NullMarked;
