import './cells.css';
import './compare.css';
import './editor.css';
import './failure.css';
import './findings.css';
import './graph.css';
import './panel.css';
import './runpage.css';
