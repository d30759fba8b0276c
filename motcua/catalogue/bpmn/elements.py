"""What becomes of each kind of BPMN element, and what to tell of those that are not kept as they are."""

from __future__ import annotations

from enum import Enum, auto
from typing import NamedTuple


class Treatment(Enum):
    """What an element becomes in a process; a fatal one would change the process, so none is made."""

    START = auto()
    STEP = auto()
    EXCLUSIVE = auto()
    PARALLEL = auto()
    PASSED = auto()
    END = auto()
    FATAL = auto()
    DROPPED = auto()


class Sort(NamedTuple):
    """A kind of element: its name in Vietnamese, its treatment, and the remedy; "" when it is kept whole."""

    called: str
    treatment: Treatment
    remedy: str = ""


_NOT_NEEDED = "Không cần sửa; ghi điều này ở nơi khác nếu còn dùng"
_BY_HAND = "Giao bước cho một vai trò, hoặc bỏ bước này"
_OTHER_GATEWAY = "Thay bằng cổng chọn một (exclusive) hoặc cổng song song (parallel)"
_IN_THE_WAY = "Bỏ sự kiện này; việc phải chờ thì vẽ thành một bước có người làm"

NODES = {
    "startEvent": Sort("sự kiện bắt đầu", Treatment.START),
    "endEvent": Sort("sự kiện kết thúc", Treatment.END),
    "task": Sort("tác vụ", Treatment.STEP),
    "userTask": Sort("tác vụ của người dùng", Treatment.STEP),
    "manualTask": Sort("tác vụ thủ công", Treatment.STEP),
    "serviceTask": Sort("tác vụ tự động", Treatment.STEP, _BY_HAND),
    "scriptTask": Sort("tác vụ chạy mã", Treatment.STEP, _BY_HAND),
    "businessRuleTask": Sort("tác vụ theo luật máy", Treatment.STEP, _BY_HAND),
    "sendTask": Sort("tác vụ gửi tin", Treatment.STEP, _BY_HAND),
    "receiveTask": Sort("tác vụ chờ tin", Treatment.STEP, _BY_HAND),
    "callActivity": Sort(
        "lời gọi quy trình khác", Treatment.STEP, "Vẽ các bước của quy trình được gọi vào đây"
    ),
    "subProcess": Sort("quy trình con", Treatment.STEP, "Vẽ các bước của quy trình con vào quy trình chính"),
    "transaction": Sort("giao dịch", Treatment.STEP, "Vẽ các bước của giao dịch vào quy trình chính"),
    "adHocSubProcess": Sort(
        "quy trình con tùy biến", Treatment.STEP, "Vẽ các bước của quy trình con vào quy trình chính"
    ),
    "exclusiveGateway": Sort("cổng chọn một", Treatment.EXCLUSIVE),
    "parallelGateway": Sort("cổng song song", Treatment.PARALLEL),
    "inclusiveGateway": Sort("cổng chọn nhiều", Treatment.FATAL, _OTHER_GATEWAY),
    "complexGateway": Sort("cổng phức hợp", Treatment.FATAL, _OTHER_GATEWAY),
    "eventBasedGateway": Sort("cổng theo sự kiện", Treatment.FATAL, _OTHER_GATEWAY),
    "intermediateThrowEvent": Sort("sự kiện phát giữa đường", Treatment.PASSED, _NOT_NEEDED),
    "intermediateCatchEvent": Sort("sự kiện chờ giữa đường", Treatment.FATAL, _IN_THE_WAY),
    "boundaryEvent": Sort("sự kiện gắn trên bước", Treatment.FATAL, _IN_THE_WAY),
}
SUBPROCESSES = frozenset({"subProcess", "transaction", "adHocSubProcess"})

# Elements inside a process, a node or a flow that a process has no place for; others are told by their tag.
ASIDES = {
    "documentation": "ghi chú kèm theo",
    "textAnnotation": "chú thích",
    "association": "đường nối chú thích",
    "group": "khung nhóm",
    "dataObject": "đối tượng dữ liệu",
    "dataObjectReference": "đối tượng dữ liệu",
    "dataStoreReference": "kho dữ liệu",
    "dataInputAssociation": "dữ liệu vào",
    "dataOutputAssociation": "dữ liệu ra",
    "ioSpecification": "khai báo dữ liệu vào, ra",
    "property": "thuộc tính",
    "auditing": "khai báo kiểm tra",
    "monitoring": "khai báo theo dõi",
    "performer": "người thực hiện",
    "humanPerformer": "người thực hiện",
    "potentialOwner": "người có thể thực hiện",
    "resourceRole": "vai trò nguồn lực",
    "standardLoopCharacteristics": "dấu lặp lại",
    "multiInstanceLoopCharacteristics": "dấu làm nhiều lần",
    "messageEventDefinition": "điều kiện theo thông điệp",
    "timerEventDefinition": "điều kiện theo thời gian",
    "conditionalEventDefinition": "điều kiện theo dữ liệu",
    "signalEventDefinition": "điều kiện theo tín hiệu",
    "terminateEventDefinition": "lệnh dừng mọi nhánh",
    "errorEventDefinition": "lỗi",
    "escalationEventDefinition": "báo lên cấp trên",
    "cancelEventDefinition": "lệnh hủy",
    "compensateEventDefinition": "lệnh bù trừ",
    "linkEventDefinition": "mối nối",
    "conditionExpression": "điều kiện",
    "message": "thông điệp",
    "messageFlow": "luồng thông điệp giữa các bên",
    "participant": "bên tham gia không có quy trình",
    "process": "quy trình của bên khác",
    "lane": "làn",
    "sequenceFlow": "đường nối",
}
# A duty done several times over, or one that does not wait for a person, is not the same duty.
REMEDIES = {
    "standardLoopCharacteristics": "Vẽ vòng lặp bằng cổng chọn một",
    "multiInstanceLoopCharacteristics": "Vẽ từng lần làm thành một bước",
    "messageFlow": "Vẽ thành bước của một vai trò nếu là việc phải làm",
    "terminateEventDefinition": "Nếu có nhánh song song, hợp nhánh trước khi kết thúc",
}


def called(tag: str) -> str:
    """The name of an element in Vietnamese, with its tag when it has none."""
    return NODES[tag].called if tag in NODES else ASIDES.get(tag, f"phần tử {tag}")


def remedy(tag: str) -> str:
    """What to do about an element that was dropped."""
    return REMEDIES.get(tag, _NOT_NEEDED)
