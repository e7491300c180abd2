import { IconHistory } from "../parts/icons";
import { Empty } from "../parts/notice";

export default function HistoryRoom() {
  return <Empty icon={<IconHistory size={28} />} title="History" />;
}
