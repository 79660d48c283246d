import WarehouseBasics

/// A stored file as UTF-8 text.
enum FileText {
    /// Decompresses, recodes and reads ahead, as far as each is needed.
    static func open(
        _ source: any ByteSource, _ compression: FileCompression, _ encoding: TextEncoding, fileName: String,
        settings: LoadSettings
    ) throws -> any ByteSource {
        let text = try Decompression.open(
            source, compression, fileName: fileName, limits: settings.limits,
            engine: settings.inflateEngine,
            lookahead: settings.readsAhead && settings.threads > 1 ? MemberLookahead(threads: settings.threads) : nil)
        let recoded = encoding == .utf8 ? text : TranscodingSource(text, from: encoding)
        // Reading plain UTF-8 is too little work for a thread of its own.
        guard settings.readsAhead, recoded is InflateSource || recoded is ZlibSource || recoded is TranscodingSource
              || recoded is LZ4FrameSource else { return recoded }
        return try ReadAheadSource(recoded, bufferBytes: settings.limits.bufferBytes)
    }

    /// As the format says, without remarks.
    static func open(_ source: any ByteSource, _ format: CSVFormat, fileName: String, settings: LoadSettings) throws
        -> any ByteSource {
        let text = try open(source, format.compression, format.encoding, fileName: fileName, settings: settings)
        guard let comment = format.comment else { return text }
        return CommentSource(text, CommentFilter(comment, format))
    }
}
