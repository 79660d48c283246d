import WarehouseBasics
import WarehouseIngest
import WarehouseSQL

/// PUT: copies files of this machine into an internal stage, or to a location given by its URL, compressing them on the
/// way.
enum PutExecution {
    static func run(_ statement: PutStatement, in run: StatementRun) throws -> ResultSet {
        let stage = try StageResolver.resolve(statement.location, for: .write, in: run)
        if stage.isInternal {
            try run.checkWritable()
        } else if case .url = statement.location.root {
            // Beyond Snowflake: what people write upload scripts for.
        } else {
            throw WarehouseError(.unsupported, "Only internal stages can be written to.",
                                 hint: "PUT uploads to internal stages, and to a URL: PUT file://… 's3://bucket/path/'.")
        }
        let reader = PropertyReader(properties: statement.options, run: run)
        try reader.check(["PARALLEL", "AUTO_COMPRESS", "SOURCE_COMPRESSION", "OVERWRITE"], of: "PUT")
        let compresses = try reader.flag("AUTO_COMPRESS") ?? true
        let overwrites = try reader.flag("OVERWRITE") ?? false
        let declared = try reader.text("SOURCE_COMPRESSION").map(FileCompression.named)
        let sources = try LocalFiles.matching(statement.file)
        for source in sources { try run.warehouse.stages.checkIsOutside(source.path) }
        var prefix = statement.location.path
        if !prefix.isEmpty, !prefix.hasSuffix("/") { prefix += "/" }

        var rows = RowBuilder("source target source_size# target_size# source_compression target_compression status "
            + "message")
        let total = sources.reduce(0) { $0 + $1.size }
        var done = 0
        for (index, source) in sources.enumerated() {
            var found = declared ?? .auto
            if found == .auto { found = try FileCompression.detect(path: source.path) }
            let willCompress = compresses && found == .none
            let target = source.name + (willCompress ? ".gz" : "")
            try StageStore.check(prefix + target)
            var size = 0, status = "SKIPPED"
            if try overwrites || !stage.files.contains(prefix + target) {
                size = try LocalFiles.copy(FileSource(path: source.path), to: stage.files.writer(prefix + target),
                                           compressing: willCompress) { copied in
                    try run.queryContext.checkCancelled()
                    run.session.report(StatementProgress(
                        step: .put, file: source.name, filesDone: index, filesTotal: sources.count,
                        bytesDone: done + copied, bytesTotal: total, rows: 0, errors: 0))
                }
                status = "UPLOADED"
            }
            done += source.size
            rows.add([.text(source.name), .text(target), .count(source.size), .count(size), .text(found.name),
                      .text(willCompress ? FileCompression.gzip.name : found.name), .text(status), .text("")])
        }
        return rows.result.asReport()
    }
}
