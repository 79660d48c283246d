import WarehouseBasics
import WarehouseColumns
import WarehousePlan

extension ScalarKernels {
    /// Digests, HASH, and bytes written as text.
    static let hashes: [String: Compile] = [
        "MD5": { try digest($0, .md5, isHex: true) },
        "MD5_BINARY": { try digest($0, .md5, isHex: false) },
        "SHA1": { try digest($0, .sha(.sha1), isHex: true) },
        "SHA1_BINARY": { try digest($0, .sha(.sha1), isHex: false) },
        "SHA2": { try sha2($0, isHex: true) },
        "SHA2_BINARY": { try sha2($0, isHex: false) },
        "MD5_NUMBER_LOWER64": { try digestNumber($0, .lower) },
        "MD5_NUMBER_UPPER64": { try digestNumber($0, .upper) },
        WideDigests.function: { call in
            try call.node([call.text(0)], .int128) { DigestNumberKernel(.whole) }
        },
        "HASH": { call in
            let inputs = try call.arguments.map { node in
                if case .array(_?) = node.type {
                    return try call.compiler.cast(node, to: .array(element: nil), isTry: false)
                }
                return node
            }
            let types = inputs.map(\.type), physical = inputs.map(\.physicalType)
            return try call.node(inputs, .int64, mayBeNull: false) { HashKernel(types, physical) }
        },
        "HEX_ENCODE": { call in
            let uppercase = call.arguments.count < 2 ? true : try call.constantInteger(1) != 0
            return try call.node([call.text(0)], .string) { EncodeKernel(.hex, uppercase: uppercase) }
        },
        "BASE64_ENCODE": { call in
            let lineLength = call.arguments.count > 1 ? try call.constantInteger(1) : 0
            let alphabet = call.arguments.count > 2 ? try Base64Alphabet(call.constantText(2)) : .standard
            return try call.node([call.text(0)], .string, raises: true) {
                BytesKernel { arguments, row in alphabet.encoded(arguments.text(0, row), lineLength: lineLength) }
            }
        },
        "HEX_DECODE_STRING": { try decode($0, .hex, isText: true) },
        "HEX_DECODE_BINARY": { try decode($0, .hex, isText: false) },
        "TRY_HEX_DECODE_STRING": { try decode($0, .hex, isText: true) },
        "TRY_HEX_DECODE_BINARY": { try decode($0, .hex, isText: false) },
        "BASE64_DECODE_STRING": { try decodeBase64($0, isText: true) },
        "BASE64_DECODE_BINARY": { try decodeBase64($0, isText: false) },
        "TRY_BASE64_DECODE_STRING": { try decodeBase64($0, isText: true) },
        "TRY_BASE64_DECODE_BINARY": { try decodeBase64($0, isText: false) },
        "TO_BINARY": { try decode($0, ByteEncoding(named: $0.constantText(1)), isText: false) },
        "TRY_TO_BINARY": { try decode($0, ByteEncoding(named: $0.constantText(1)), isText: false) },
    ]

    private static func digest(_ call: FunctionCall, _ algorithm: DigestKernel.Algorithm, isHex: Bool)
        throws -> CompiledNode {
        try call.node([call.text(0)], .string) { DigestKernel(algorithm, isHex: isHex) }
    }

    private static func sha2(_ call: FunctionCall, isHex: Bool) throws -> CompiledNode {
        guard let variant = SHA.Variant(bits: try call.constantInteger(1)) else { throw call.unsupported() }
        return try digest(call, .sha(variant), isHex: isHex)
    }

    private static func digestNumber(_ call: FunctionCall, _ part: DigestNumberKernel.Part) throws -> CompiledNode {
        try call.node([call.text(0)], .int128, range: ValueRange(0, Int128(UInt64.max))) {
            DigestNumberKernel(part)
        }
    }

    /// A text in an alphabet of its own is put into the usual one first.
    private static func decodeBase64(_ call: FunctionCall, isText: Bool) throws -> CompiledNode {
        let alphabet = call.arguments.count > 1 ? try Base64Alphabet(call.constantText(1)) : .standard
        let isTry = call.name.utf8.starts(with: "TRY_".utf8)
        return try call.node([call.text(0)], .string, mayBeNull: isTry ? true : nil, raises: !isTry) {
            DecodeKernel(.base64, isText: isText, isTry: isTry, alphabet: alphabet)
        }
    }

    private static func decode(_ call: FunctionCall, _ encoding: ByteEncoding, isText: Bool) throws -> CompiledNode {
        let isTry = call.name.utf8.starts(with: "TRY_".utf8)
        return try call.node([call.text(0)], .string, mayBeNull: isTry ? true : nil, raises: !isTry) {
            DecodeKernel(encoding, isText: isText, isTry: isTry)
        }
    }
}
